import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import { discoverMetadata } from '../../src/oauth/configuration.ts';
import { requestDeviceAuthorization } from '../../src/oauth/device-authorization.ts';
import { openRedemption } from '../../src/oauth/redemption.ts';
import { openaiCodex } from '../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../src/provider/overrides.ts';
import { systemClock, systemFetch } from '../../src/system.ts';
import { startCommand } from '../support/command.ts';
import { send } from '../support/http.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { storeFile } from '../support/temporary.ts';
import { visit } from '../support/visitor.mjs';

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

describe('an independent, certified authorization server (oidc-provider) and another device', () => {
  async function askForCode() {
    const issuer = await startProvider();
    const provider = overrideProvider(openaiCodex, { issuer, discover: true, clientId: 'a-native-client' });
    const { signal } = new AbortController();
    const deadline = { signal: AbortSignal.timeout(30_000), ms: 30_000 };
    const world = { fetch: systemFetch, clock: systemClock, signal };
    const metadata = await discoverMetadata(provider, { ...world, deadline });
    const context = { ...world, provider, metadata, deadline };
    const device = await requestDeviceAuthorization(context);
    expect(device.verificationUri).toBe(`${issuer}/device`);
    return { issuer, context, device, page: device.verificationUriComplete ?? '' };
  }

  test('R-8628-1 R-8628-2 R-8628-3 R-OIDC-2 approves the code, and its tokens are believed without a nonce', async () => {
    const { issuer, context, device, page } = await askForCode();
    const approved = device.approved(context.signal);
    await visit(
      page,
      { login: 'robin', password: 'any' },
      (_, html) => html?.includes('Sign-in Success') ?? false,
    );
    const answer = await approved;
    const redemption = openRedemption(context);
    const grant = await redemption.redeem(answer, context.deadline);
    expect(grant).toMatchObject({
      refreshToken: expect.any(String),
      scope: expect.stringContaining('openid'),
    });
    expect(await redemption.identify(grant, answer, context.deadline)).toMatchObject({
      accountId: `${issuer}|robin`,
      email: 'robin@example.com',
    });
  });

  test('R-8628-2 is believed when the person aborts', async () => {
    const { context, device, page } = await askForCode();
    const approved = device.approved(context.signal);
    approved.catch(() => undefined);
    await visit(page, { abort: 'yes' }, (_, html) => html?.includes('was interrupted') ?? false);
    await expect(approved).rejects.toMatchObject({ code: 'ERR_ACCESS_DENIED', exitCode: 3 });
  });
});
