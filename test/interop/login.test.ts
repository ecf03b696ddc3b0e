import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect } from 'vitest';

import { openCredentialStore } from '../../src/agents/credential-store.ts';
import { resolveCredential } from '../../src/resolver.ts';
import type { AuthProfiles, StoredProfile } from '../../src/store/profile-store.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { type OpenClaw, provider, test } from './openclaw.ts';
import { signIn } from './sign-in.ts';

const mine = `${provider}:mine`;
const dead = `${provider}:dead`;
const oauth = (more: Partial<StoredProfile> = {}): StoredProfile => ({
  type: 'oauth',
  provider,
  access: 'an-access-token',
  refresh: 'a-refresh-token',
  expires: 1_900_000_000_000,
  ...more,
});
const NO_KEY = /^No API key found for provider "openai-codex"/;

/** What OpenClaw would use for a turn. */
interface Route {
  order: string[];
  profileId?: string;
  apiKey?: string;
  error?: string;
}

async function signInQuietly(openclaw: OpenClaw) {
  const { status, stderr, result } = await signIn(openclaw);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return result;
}

async function expectRouted(openclaw: OpenClaw, profileId: string, route: Route): Promise<void> {
  const { profiles } = expectInvariants(openclaw.storePath);
  expect(route).toMatchObject({ profileId, apiKey: profiles[profileId]?.access });
  expect(route.order[0]).toBe(profileId);
}

describe('after a login', () => {
  test('openclaw-63856 the real OpenClaw names the profile in its order and takes its key', async ({
    openclaw,
  }) => {
    const { profileId, order, routable } = await signInQuietly(openclaw);
    expect({ order, routable }).toEqual({ order: [profileId], routable: true });
    const said = await openclaw.run(
      ...['models', 'auth', 'order', 'get', '--agent', 'main', '--provider', provider, '--json'],
    );
    expect(JSON.parse(said)).toMatchObject({
      agentDir: dirname(openclaw.storePath),
      provider,
      order: [profileId],
    });
    const real = await openclaw.functions();
    await expectRouted(openclaw, profileId, await real.ask('route'));
  });

  test('openclaw-63856 its report of credentials lists the profile as good', async ({ openclaw }) => {
    openclaw.writeConfiguration({ agents: { defaults: { model: `${provider}/gpt-5.4` } } });
    const { profileId } = await signInQuietly(openclaw);
    const { auth } = JSON.parse(await openclaw.run('models', 'status', '--json'));
    expect(auth.missingProvidersInUse).toEqual([]);
    expect(auth.oauth.profiles).toMatchObject([{ profileId, status: 'ok' }]);
  });

  const causes: [string, object, AuthProfiles['profiles']][] = [
    ['cause 1: auth.order names other ids', { order: { [provider]: [`${provider}:gone`] } }, {}],
    [
      'cause 2: auth.profiles names one whose credential is dead',
      { profiles: { [dead]: { provider, mode: 'oauth' } } },
      { [dead]: oauth({ access: '', refresh: '' }) },
    ],
  ];
  for (const [cause, auth, profiles] of causes) {
    test(`openclaw-63856 ${cause}: a profile alone is not used, and a login is`, async ({ openclaw }) => {
      openclaw.writeConfiguration({ auth });
      openclaw.writeStore({ version: 1, profiles: { ...profiles, [mine]: oauth() } });
      const real = await openclaw.functions();
      const before: Route = await real.ask('route');
      expect(before).toMatchObject({ order: [], error: expect.stringMatching(NO_KEY) });
      const { profileId, routable } = await signInQuietly(openclaw);
      expect(routable).toBe(true);
      await expectRouted(openclaw, profileId, await real.ask('route'));
    });

    test(`openclaw-63856 ${cause}: the same login without its order would not be used`, async ({
      openclaw,
    }) => {
      openclaw.writeConfiguration({ auth });
      openclaw.writeStore({ version: 1, profiles });
      await signInQuietly(openclaw);
      const { order, ...rest } = JSON.parse(readFileSync(openclaw.storePath, 'utf8')) as AuthProfiles;
      expect(order).toBeDefined();
      openclaw.writeStore(rest);
      const real = await openclaw.functions();
      const route: Route = await real.ask('route');
      expect(route).toMatchObject({ order: [], error: expect.stringMatching(NO_KEY) });
    });
  }

  test('openclaw-63856 option B: profiles alone, order and lastGood empty, are found by OpenClaw and by us', async ({
    openclaw,
  }) => {
    openclaw.writeStore({ version: 1, profiles: { [mine]: oauth() }, order: {}, lastGood: {} });
    const real = await openclaw.functions();
    const route: Route = await real.ask('route');
    expect(route).toEqual({ order: [mine], profileId: mine, apiKey: 'an-access-token' });
    const surroundings = { environment: openclaw.environment, homeDirectory: () => openclaw.home };
    expect(await resolveCredential(await openCredentialStore({ surroundings }))).toMatchObject({
      status: 'resolved',
      profileId: mine,
    });
  });
});
