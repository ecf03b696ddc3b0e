import { expect, onTestFinished, test } from 'vitest';

import { openCallbackServer } from '../../../src/loopback/callback-server.ts';
import { failurePage } from '../../../src/loopback/pages.ts';
import { send, sendBytes } from '../../support/http.ts';

test('R-FLOOD 10,000 hostile requests and 100 slow clients do not keep the right one out', async () => {
  let turnedAway = 0;
  let settled = 0;
  const server = await openCallbackServer<string>(['http://localhost:0/auth/callback'], () => {
    turnedAway += 1;
  });
  onTestFinished(() => server.close());
  server.expect((query) => {
    if (query.get('state') !== 'right') return { kind: 'stray', reason: 'wrong state' };
    settled += 1;
    return { kind: 'settles', value: 'c' };
  });
  const { port } = server.listener;
  const slow = Array.from({ length: 100 }, () =>
    sendBytes(port, `GET /auth/callback?code=c&state=right HTTP/1.1\r\nHost: localhost:${port}\r\nX-Slow: `),
  );

  const hostile = [
    () => send(port, '/auth/callback?code=x&state=wrong'),
    () => send(port, '/auth/callback?error=access_denied'),
    () => send(port, '/auth/callback?code=x&state=right', { headers: { host: 'evil.example' } }),
    () => send(port, '/auth/callback?code=x&state=right', { method: 'POST' }),
    () => send(port, '/auth/callback?code=x&state=right', { method: 'HEAD' }),
    () => send(port, `/auth/callback?code=${'x'.repeat(64 * 1024)}&state=right`),
    () => send(port, '/cancel'),
  ];
  const ask = async (from: number) => {
    for (let index = from; index < 10_000; index += 40)
      await hostile[index % hostile.length]?.().catch(() => undefined);
  };
  await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index)));
  expect(settled).toBe(0);
  expect(turnedAway).toBeGreaterThan(2000);

  const copies = Array.from({ length: 10 }, () => send(port, '/auth/callback?code=c&state=right'));
  expect(await server.settled).toBe('c');
  server.conclude(failurePage({ code: 'ERR_TEST', summary: 'over', hint: 'nothing' }));
  for (const { status } of await Promise.all(copies)) expect(status).toBe(303);
  expect(settled).toBe(1);
  for (const { socket } of slow) socket.destroy();
});
