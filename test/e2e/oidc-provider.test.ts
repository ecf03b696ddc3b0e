import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import { startCommand } from '../support/command.ts';
import { send } from '../support/http.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile } from '../support/temporary.ts';
import { visit } from '../support/visitor.ts';

async function startProvider(): Promise<string> {
  const script = fileURLToPath(new URL('../support/oidc-provider.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [issuer] = (await once(createInterface(child.stdout), 'line')) as [string];
  return issuer;
}

describe('an independent, certified authorization server (oidc-provider)', () => {
  test('R-8414-1 R-OIDC-1 R-OIDC-2 R-OIDC-4 R-9207-1 accepts the login with --discover and --client-id, and the credential would be used', async () => {
    const issuer = await startProvider();
    const store = storeFile();
    const command = startCommand(
      [
        'login',
        '--issuer',
        issuer,
        '--discover',
        '--client-id',
        'a-native-client',
        '--port',
        '0',
        '--no-browser',
        '--json',
        '--store',
        store,
      ],
      { home: dirname(store) },
    );
    const { url } = await command.line('authorization_url');
    const { redirectUri } = await command.line('listening');
    const callback = await visit(
      url,
      { login: 'robin', password: 'any' },
      ({ origin }) => origin === new URL(redirectUri).origin,
    );
    expect(new URL(callback).searchParams.get('iss')).toBe(issuer);
    const { port, pathname, search } = new URL(callback);
    const { headers } = await send(Number(port), pathname + search);
    await send(Number(port), String(headers.location));
    const { status, events } = await command.ended;
    expect(events.at(-1)).toMatchObject({
      type: 'result',
      routable: true,
      accountId: `${issuer}|robin`,
      email: 'robin@example.com',
    });
    expect(status).toBe(0);
    const state = expectInvariants(store);
    expect(state.profiles['openai-codex:robin@example.com']).toMatchObject({
      type: 'oauth',
      refresh: expect.any(String),
      accountId: `${issuer}|robin`,
    });
  });

  test('R-6749-1 is believed when the person cancels', async () => {
    const issuer = await startProvider();
    const store = storeFile();
    const command = startCommand(
      [
        'login',
        '--issuer',
        issuer,
        '--discover',
        '--client-id',
        'a-native-client',
        '--port',
        '0',
        '--no-browser',
        '--json',
        '--store',
        store,
      ],
      { home: dirname(store) },
    );
    const { url } = await command.line('authorization_url');
    const { redirectUri, addresses } = await command.line('listening');
    const state = new URL(url).searchParams.get('state');
    const denied = `/auth/callback?error=access_denied&error_description=cancelled&iss=${encodeURIComponent(issuer)}&state=${state}`;
    const { headers } = await send(addresses[0]?.port ?? 0, denied);
    await send(Number(new URL(redirectUri).port), String(headers.location));
    expect((await command.ended).status).toBe(3);
  });
});
