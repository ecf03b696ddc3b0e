import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { bind, type Place } from '../../src/bind.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** With the step that nobody documents, and as where Node.js has it no more. */
const WAYS: readonly (readonly [string, () => Server])[] = [
  ['in one step', () => createServer()],
  ['by listen()', withoutTheStep],
];

/** `listen()` itself goes on by that step. */
function withoutTheStep(): Server {
  const get = (server: Server, name: keyof Server | '_listen2') => {
    if (name === '_listen2') return undefined;
    const value = server[name];
    return typeof value === 'function' ? value.bind(server) : value;
  };
  return new Proxy(createServer(), { get } as ProxyHandler<Server>);
}

function opened(make: () => Server): Server {
  const server = make();
  onTestFinished(() => void server.close());
  return server;
}

function isReached(place: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...place, autoSelectFamily: false }, () => resolve(true));
    socket.on('error', () => resolve(false));
    onTestFinished(() => void socket.destroy());
  });
}

describe.each(WAYS)('a server that is bound %s', (_, make) => {
  test.each(['127.0.0.1', '::1'])('R-8252-2 listens on %s and nowhere else', async (host) => {
    const server = opened(make);
    await bind(server, { host, port: 0 });
    const { address, port } = server.address() as AddressInfo;
    expect(address).toBe(host);
    expect(await isReached({ host, port })).toBe(true);
    for (const other of ['127.0.0.1', '127.0.0.2', '::1'].filter((one) => one !== host))
      expect(await isReached({ host: other, port })).toBe(false);
  });

  test('listens on a socket in the file system', async () => {
    const path = join(temporaryDirectory(), 's');
    await bind(opened(make), { path });
    expect(await isReached({ path })).toBe(true);
  });

  test('a port that is taken is the error of the system, and its listener is gone', async () => {
    const first = opened(make);
    await bind(first, { host: '127.0.0.1', port: 0 });
    const { port } = first.address() as AddressInfo;
    const second = opened(make);
    await expect(bind(second, { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      syscall: 'listen',
      address: '127.0.0.1',
      port,
    });
    await bind(second, { host: '127.0.0.1', port: 0 });
    expect(second.listenerCount('error')).toBe(0);
  });
});

test('this Node.js has the step: where it is missing, the first address comes 4 ms later', () => {
  expect(createServer()).toHaveProperty('_listen2');
});
