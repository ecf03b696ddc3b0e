import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { startCommand } from '../support/command.ts';
import { storeFile } from '../support/temporary.ts';

test('a token endpoint that hangs ends the login with exit status 6 within 30 s, and the page says so (codex, pi and openclaw hang with it)', {
  timeout: 45_000,
}, async () => {
  const server = await startAuthorizationServer({ scenario: 'token-hang' });
  onTestFinished(() => server.close());
  const store = storeFile();
  const agent = createUserAgent();
  const command = startCommand(
    ['login', '--issuer', server.issuer, '--port', '0', '--no-browser', '--json', '--store', store],
    { home: dirname(store) },
  );
  agent.openUrl((await command.line('authorization_url')).url);
  const { status, events } = await command.ended;
  expect(status).toBe(6);
  expect(events.at(-1)).toMatchObject({
    code: 'ERR_TOKEN_TIMED_OUT',
    message: expect.stringContaining('30 seconds'),
  });
  await expect(agent.settled).rejects.toThrow('400');
  expect(agent.lastPage()?.html).toContain('ERR_TOKEN_TIMED_OUT');
  expect(existsSync(store)).toBe(false);
});
