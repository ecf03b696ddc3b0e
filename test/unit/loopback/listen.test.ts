import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';

import { type Listener, listen } from '../../../src/loopback/listen.ts';
import { send } from '../../support/http.ts';

async function open(redirectUris: readonly string[]): Promise<Listener> {
  const listener = await listen(redirectUris, (_, response) => response.end('ok'));
  onTestFinished(() => listener.close());
  return listener;
}

async function occupy(host: string, port = 0): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host, port, ipv6Only: true }, resolve));
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

const uri = (port: number) => `http://localhost:${port}/auth/callback`;
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

describe("the callback's sockets", () => {
  test('R-8252-5 answer on both address families of localhost, on one port', async () => {
    const { port, addresses, redirectUri } = await open([uri(0)]);
    expect(redirectUri).toBe(uri(port));
    expect(addresses.map(({ address }) => address)).toEqual(hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']);
    for (const { address } of addresses) expect((await send(port, '/', { address })).body).toBe('ok');
  });

  test('R-8252-2 refuse a connection to another address of this machine', async () => {
    const { port } = await open([uri(0)]);
    const others = Object.values(networkInterfaces()).flatMap((found) =>
      (found ?? []).filter(({ internal, family }) => !internal && family === 'IPv4'),
    );
    for (const address of ['127.0.0.2', ...others.map((other) => other.address)]) {
      await expect(send(port, '/', { address })).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL/);
    }
  });

  test.each(['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])])(
    'R-8252-5 count a port as taken when %s alone is taken, and say so',
    async (host) => {
      const taken = await occupy(host);
      const { port, note } = await open([uri(taken), uri(0)]);
      expect(port).not.toBe(taken);
      expect(note).toContain(`port ${taken} is held ${host === '::1' ? 'on ::1 ' : ''}by `);
      if (process.platform === 'linux') expect(note).toContain(`(pid ${process.pid})`);
    },
  );

  test('R-8252-4 R-8252-3 try the registered ports in their order, and name the one that is bound', async () => {
    const first = await occupy('127.0.0.1');
    const second = await occupy('127.0.0.1');
    await expect(open([uri(first), uri(second)])).rejects.toMatchObject({
      code: 'ERR_NO_CALLBACK_PORT',
      exitCode: 5,
      attempts: [
        { port: first, address: '127.0.0.1', reason: 'EADDRINUSE' },
        { port: second, address: '127.0.0.1', reason: 'EADDRINUSE' },
      ],
    });
  });

  test.runIf(process.platform === 'linux')('name whoever holds the ports that were tried', async () => {
    const taken = await occupy('127.0.0.1');
    const holder = { pid: process.pid, command: expect.stringMatching(/^\w+$/) };
    await expect(open([uri(taken)])).rejects.toMatchObject({
      attempts: [{ port: taken, holder }],
      summary: expect.stringContaining(`port ${taken} is held by `),
    });
  });

  test('R-8252-6 are gone after close, with every connection', async () => {
    const listener = await listen([uri(0)], () => undefined);
    const hanging = send(listener.port, '/').catch((error: { code: string }) => error.code);
    await new Promise<void>((resolve) => setImmediate(resolve));
    await listener.close();
    expect(await hanging).toBe('ECONNRESET');
    await expect(send(listener.port, '/')).rejects.toThrow('ECONNREFUSED');
  });
});
