import { expect, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../../mocks/index.ts';
import { sendBytes } from '../../support/http.ts';
import { signIn } from '../../support/sign-in.ts';

test('R-FLOOD with 10,000 hostile requests and 100 slow clients during the wait, and copies of the right one, the login completes with exactly one exchange', {
  // A machine that does other things too needs longer; nothing here waits for a clock.
  timeout: 180_000,
}, async () => {
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
      const host = `Host: localhost:${port}\r\n`;
      // As bytes, made once: a client that reads every answer would take longer than the listener.
      const hostile = [
        `GET /auth/callback?code=x&state=wrong HTTP/1.1\r\n${host}\r\n`,
        `GET /auth/callback?error=access_denied HTTP/1.1\r\n${host}\r\n`,
        `GET ${right} HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
        `GET ${right} HTTP/1.1\r\n\r\n`,
        `POST ${right} HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\na=b`,
        `HEAD ${right} HTTP/1.1\r\n${host}\r\n`,
        `GET /auth/callback?code=${'x'.repeat(64 * 1024)}&state=${state} HTTP/1.1\r\n${host}\r\n`,
        `GET ${right}&state=${state} HTTP/1.1\r\n${host}\r\n`,
        `GET ${right} HTTP/1.1\r\n${host}Sec-Fetch-Mode: no-cors\r\n\r\n`,
        `GET /cancel HTTP/1.1\r\n${host}\r\n`,
        'no request at all\r\n\r\n',
      ].map((bytes) => Buffer.from(bytes));
      const ask = async (from: number) => {
        for (let index = from; index < 10_000; index += 40) {
          const answer = await sendBytes(port, hostile[index % hostile.length] ?? '').answer;
          expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400|403|404|405|421|431) /);
        }
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
