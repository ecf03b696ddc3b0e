import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject } from 'vitest';

import type { StoredProfile } from '../../src/store/profile-store.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { doctor } from './doctor.ts';
import { provider, test, testOn } from './openclaw.ts';
import { signIn } from './sign-in.ts';
import { namesOf, VERSIONS } from './versions.ts';

const mine = `${provider}:me@example.com`;
const dead = `${provider}:dead@example.com`;
const oauth = (more: Partial<StoredProfile> = {}): StoredProfile => ({
  type: 'oauth',
  provider,
  access: 'an-access-token',
  refresh: 'a-refresh-token',
  expires: 1_900_000_000_000,
  accountId: 'me',
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

const causes: [string, object, Record<string, StoredProfile>, string][] = [
  [
    'cause 1: auth.order names other ids',
    { order: { [provider]: [`${provider}:gone`] } },
    {},
    'configured-order-shuts-out',
  ],
  [
    'cause 2: auth.profiles names one whose credential is dead',
    { profiles: { [dead]: { provider, mode: 'oauth' } } },
    { [dead]: oauth({ access: '', refresh: '' }) },
    'configured-profiles-shut-out',
  ],
  [
    'auth.profiles expects another kind of credential (mode_mismatch)',
    { profiles: { [mine]: { provider, mode: 'api_key' } } },
    {},
    'configured-mode',
  ],
  [
    'auth.profiles expects another provider (provider_mismatch)',
    { profiles: { [mine]: { provider: 'openai', mode: 'oauth' } } },
    {},
    'configured-provider',
  ],
  ['an order of ids that are gone', {}, {}, 'order-names-nothing'],
];

describe('doctor on a real OpenClaw that has no key', () => {
  for (const [cause, auth, profiles, id] of causes) {
    test(`openclaw-63856 ${cause}: is named, and after --fix OpenClaw itself takes our key`, async ({
      openclaw,
    }) => {
      openclaw.writeConfiguration({ auth });
      const order = id === 'order-names-nothing' ? { order: { [provider]: ['gone'] } } : {};
      openclaw.writeStore({ version: 1, profiles: { ...profiles, [mine]: oauth() }, ...order });
      const before: Route = await (await openclaw.functions()).ask('route');
      expect(before).toMatchObject({ order: [], error: expect.stringMatching(NO_KEY) });

      const found = await doctor(openclaw);
      expect(found).toMatchObject({ status: 9, ids: [id] });
      expect(await doctor(openclaw, '--fix')).toMatchObject({ status: 0, result: { healthy: true } });

      // A process of its own: the one before keeps the configuration that it has read.
      const route: Route = await (await openclaw.functions()).ask('route');
      expect(route).toMatchObject({ profileId: mine, apiKey: 'an-access-token' });
      expect(route.order[0]).toBe(mine);
      expectInvariants(openclaw.storePath);
    });
  }

  test('openclaw-63856 a login of an older tool that nothing points to is put first, and the old one kept', async ({
    openclaw,
  }) => {
    const old = `${provider}:old@example.com`;
    openclaw.writeStore({
      version: 1,
      profiles: {
        [old]: oauth({ access: 'old', refresh: 'old', expires: 1_800_000_000_000, accountId: 'old' }),
        [mine]: oauth(),
      },
      order: { [provider]: [old] },
      lastGood: { [provider]: old },
    });
    expect(await doctor(openclaw, '--fix')).toMatchObject({ status: 0 });
    const real = await openclaw.functions();
    expect(await real.ask('route')).toMatchObject({ order: [mine, old], profileId: mine });
  });

  test('expiry in seconds is put right before OpenClaw spends the refresh token', async ({ openclaw }) => {
    openclaw.writeStore({
      version: 1,
      profiles: { [mine]: oauth({ expires: 1_900_000_000 }) },
      order: { [provider]: [mine] },
    });
    expect(await doctor(openclaw, '--fix')).toMatchObject({ status: 0 });
    const real = await openclaw.functions();
    expect(await real.ask('route')).toMatchObject({ profileId: mine, apiKey: 'an-access-token' });
  });

  test('openclaw.json keeps its comments, and OpenClaw reads what was corrected', async ({ openclaw }) => {
    openclaw.writeConfiguration({});
    const path = join(openclaw.environment.OPENCLAW_STATE_DIR ?? '', 'openclaw.json');
    const text = `// mine\n{ auth: { profiles: { '${mine}': { provider: '${provider}', mode: 'token', /* why? */ } } }, }\n`;
    writeFileSync(path, text);
    openclaw.writeStore({ version: 1, profiles: { [mine]: oauth() } });
    await doctor(openclaw, '--fix');
    expect(readFileSync(path, 'utf8')).toBe(text.replace("'token'", "'oauth'"));
    const real = await openclaw.functions();
    expect(await real.ask('route')).toMatchObject({ profileId: mine });
  });
});

describe('doctor and a gateway of the real OpenClaw that is running', () => {
  test('openclaw-63856 cause 3: it is named with the command, and --fix has it read again', async ({
    openclaw,
  }) => {
    openclaw.writeStore({
      version: 1,
      profiles: { [mine]: oauth({ access: 'older' }) },
      order: { [provider]: [mine] },
      lastGood: { [provider]: mine },
    });
    await openclaw.startGateway();
    openclaw.writeStore({ version: 1, profiles: { [mine]: oauth() }, order: { [provider]: ['gone'] } });
    const { findings } = await doctor(openclaw);
    expect(findings).toContainEqual(
      expect.objectContaining({
        id: 'gateway-running',
        remedy: expect.stringContaining('openclaw secrets reload'),
      }),
    );
    const { status, result } = await doctor(openclaw, '--fix');
    expect(status).toBe(0);
    expect(result.gateway).toBe('reloaded');
    expectInvariants(openclaw.storePath);
  });
});

describe.each(VERSIONS)('doctor on the store of the real OpenClaw %s', (version) => {
  testOn(version)(
    'finds nothing after a login, and puts right what stands in its way later',
    async ({ openclaw }) => {
      const { provider } = namesOf(version);
      const { result } = await signIn(openclaw);
      expect(await doctor(openclaw)).toMatchObject({ status: 0, ids: [] });

      const old = `${provider}:old@example.com`;
      const { home, environment, installed } = openclaw;
      const surroundings = {
        environment: { ...environment, PATH: installed.path, HOME: home },
        homeDirectory: () => home,
      };
      // As it is installed: the SDK's process needs the built file.
      const { openCredentialStore }: typeof import('../../src/index.ts') = await import(
        join(inject('installed'), 'node_modules/codex-login/dist/src/index.js')
      );
      const { store } = await openCredentialStore({ openclaw: installed.directory, surroundings });
      const old_ = oauth({
        provider,
        access: 'old',
        refresh: 'old',
        expires: 1_700_000_000_000,
        accountId: 'old',
      });
      await store.commit((state) => ({
        write: true,
        next: {
          ...state,
          profiles: { ...state.profiles, [old]: { ...old_, email: 'old@example.com' } },
          order: { ...state.order, [provider]: [old] },
          lastGood: { ...state.lastGood, [provider]: old },
          usageStats: { ...state.usageStats, [result.profileId]: { cooldownUntil: 4_000_000_000_000 } },
        },
        result: undefined,
      }));
      await store.close();

      const found = await doctor(openclaw);
      expect(found).toMatchObject({ status: 9, ids: ['order-shuts-out', 'in-cooldown'] });
      const { status, result: fixed } = await doctor(openclaw, '--fix');
      expect({ version, status, healthy: fixed.healthy }).toEqual({ version, status: 0, healthy: true });
      expect(readFileSync(fixed.backups?.[0]?.backup ?? '', 'utf8')).toContain(old);
      const said = await openclaw.run(
        ...['models', 'auth', 'order', 'get', '--agent', 'main', '--provider', provider, '--json'],
      );
      expect(JSON.parse(said).order).toEqual([result.profileId, old]);
    },
  );
});
