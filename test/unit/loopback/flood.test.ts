import { expect, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../../mocks/index.ts';
import { send, sendBytes } from '../../support/http.ts';
import { signIn } from '../../support/sign-in.ts';

test('R-FLOOD with 10,000 hostile requests and 100 slow clients during the wait, and copies of the right one, the login completes with exactly one exchange', async () => {
  const server = await startAuthorizationServer();
  const agent = createUserAgent({ deliverTwice: true });
  const { result, events } = await signIn({
    server,
    agent,
    async openUrl(url) {
      const redirectUri = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
      const state = new URL(url).searchParams.get('state');
      const port = Number(redirectUri.port);
      for (let index = 0; index < 100; index += 1) {
        const { socket } = sendBytes(
          port,
          `GET /auth/callback?code=c&state=${state} HTTP/1.1\r\nHost: localhost:${port}\r\nX-Slow: `,
        );
        onTestFinished(() => void socket.destroy());
      }
      const right = `/auth/callback?code=x&state=${state}`;
      const hostile = [
        () => send(port, '/auth/callback?code=x&state=wrong'),
        () => send(port, '/auth/callback?error=access_denied'),
        () => send(port, right, { headers: { host: 'evil.example' } }),
        () => send(port, right, { method: 'POST' }),
        () => send(port, right, { method: 'HEAD' }),
        () => send(port, `/auth/callback?code=${'x'.repeat(64 * 1024)}&state=${state}`),
        () => send(port, `${right}&state=${state}`),
        () => send(port, right, { headers: { 'sec-fetch-mode': 'no-cors' } }),
        () => send(port, '/cancel'),
      ];
      const ask = async (from: number) => {
        for (let index = from; index < 10_000; index += 40)
          await hostile[index % hostile.length]?.().catch(() => undefined);
      };
      await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index)));
      return agent.openUrl(url);
    },
  });
  expect(result).toMatchObject({ routable: true });
  expect(server.journal.entries.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
  // Told at the 1st, 10th, 100th and 1,000th of its kind, and not ten thousand times.
  expect(events.filter(({ type }) => type === 'waiting').length).toBeLessThan(30);
});
