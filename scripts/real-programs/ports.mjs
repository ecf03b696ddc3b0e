// The two registered ports: who listens, and a stranger who holds one.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export const PORTS = [1455, 1457];

/** Addresses on which one of the ports is listened on, by the kernel's own table: `127.0.0.1:1455`, `[::1]:1455`. */
export function listening() {
  const found = [];
  for (const [table, name] of [
    ['/proc/net/tcp', ipv4],
    ['/proc/net/tcp6', ipv6],
  ]) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      if (state === '0A' && PORTS.includes(Number.parseInt(port, 16)))
        found.push(`${name(address)}:${Number.parseInt(port, 16)}`);
    }
  }
  return found.sort();
}

/** Other logins on this machine may use the ports as well: they are waited for, and left alone. */
export async function portsFree(withinMs = 180_000) {
  const deadline = performance.now() + withinMs;
  while (listening().length > 0) {
    if (performance.now() > deadline) throw new Error(`${listening().join(' and ')} held by somebody else`);
    await sleep(500);
  }
}

/** A stranger who answers 404 and remembers what was asked. */
export async function holdPort(port, addresses) {
  const asked = [];
  const servers = [];
  for (const address of addresses) {
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url.split('?')[0]}`);
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Nothing here.\n');
    });
    await new Promise((resolve, reject) => {
      server.once('error', reject).listen({ port, host: address, ipv6Only: true }, resolve);
    });
    servers.push(server);
  }
  return {
    asked,
    close: () =>
      Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      ),
  };
}

const ipv4 = (hex) =>
  hex
    .match(/../g)
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');

function ipv6(hex) {
  if (/^0{32}$/.test(hex)) return '[::]';
  return hex === '00000000000000000000000001000000' ? '[::1]' : `[${hex}]`;
}
