import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';

import type { AuthProfiles } from '../../src/store/profile-store.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { doctor } from './doctor.ts';
import { startModel } from './model.ts';
import { type OpenClaw, provider, test } from './openclaw.ts';
import { signIn, startServer } from './sign-in.ts';
import { seen, talkingTo, turn } from './turn.ts';
import { SEED } from './versions.ts';

const dead = `${provider}:dead@example.com`;

/** What a tool that records the profile and nothing else would leave. */
function keepProfilesOnly({ storePath, writeStore }: OpenClaw, more: AuthProfiles['profiles'] = {}): void {
  const { profiles } = JSON.parse(readFileSync(storePath, 'utf8')) as AuthProfiles;
  writeStore({ version: 1, profiles: { ...more, ...profiles } });
}

const causes: [string, (profileId: string) => object, AuthProfiles['profiles'], string][] = [
  [
    'cause 1: auth.order names other ids',
    () => ({ order: { [provider]: [`${provider}:gone`] } }),
    {},
    'configured-order-shuts-out',
  ],
  [
    'cause 2: auth.profiles names one whose credential is dead',
    () => ({ profiles: { [dead]: { provider, mode: 'oauth' } } }),
    { [dead]: { type: 'oauth', provider, access: '', refresh: '', expires: 1_700_000_000_000 } },
    'configured-profiles-shut-out',
  ],
  [
    'auth.profiles expects another kind of credential (mode_mismatch)',
    (profileId) => ({ profiles: { [profileId]: { provider, mode: 'api_key' } } }),
    {},
    'configured-mode',
  ],
];

describe('a turn of the real OpenClaw that had no key', () => {
  for (const [cause, auth, profiles, id] of causes)
    test(`openclaw-63856 ${cause}: carries our token after doctor --fix`, async ({ openclaw }) => {
      const [model, server] = [await startModel(), await startServer()];
      const { result } = await signIn(openclaw, { server });
      keepProfilesOnly(openclaw, profiles);
      openclaw.writeConfiguration({ ...talkingTo(SEED, model.url), auth: auth(result.profileId) });
      await turn(openclaw);
      expect(model.tokens).toEqual([]);

      expect((await doctor(openclaw)).ids).toContain(id);
      expect(await doctor(openclaw, '--fix')).toMatchObject({ status: 0, result: { healthy: true } });
      await turn(openclaw);
      expect(seen(model, server)).toEqual(['access#1']);
    });
});

describe('a turn of a gateway of the real OpenClaw that was running before the store was written', () => {
  test('openclaw-63856 cause 3: carries the old token, is named by doctor, and carries the new one after doctor --fix', async ({
    openclaw,
  }) => {
    const [model, server] = [await startModel(), await startServer()];
    await signIn(openclaw, { server });
    await openclaw.startGateway(talkingTo(SEED, model.url));
    // Into the same file, by its path: so nobody knows of a gateway, and nobody tells it.
    const { result } = await signIn(openclaw, { server, args: ['--store', openclaw.storePath] });
    expect(result.gateway).toBeUndefined();
    await turn(openclaw, { by: 'gateway' });
    expect(seen(model, server)).toEqual(['access#1']);

    const found = await doctor(openclaw);
    expect(found.findings.map(({ id }) => id)).toContain('gateway-running');
    expect(await doctor(openclaw, '--fix')).toMatchObject({ status: 0, result: { gateway: 'reloaded' } });
    await turn(openclaw, { by: 'gateway' });
    expect(seen(model, server)).toEqual(['access#2']);
    expectInvariants(openclaw.storePath);
  });

  test('openclaw-63856 cause 3 and an order that shuts the login out: one doctor --fix repairs the file and has it read', async ({
    openclaw,
  }) => {
    const [model, server] = [await startModel(), await startServer()];
    await signIn(openclaw, { server });
    const { order, lastGood } = JSON.parse(readFileSync(openclaw.storePath, 'utf8')) as AuthProfiles;
    await openclaw.startGateway(talkingTo(SEED, model.url));
    await signIn(openclaw, { server, args: ['--store', openclaw.storePath] });
    const now = JSON.parse(readFileSync(openclaw.storePath, 'utf8')) as AuthProfiles;
    writeFileSync(
      openclaw.storePath,
      JSON.stringify({ ...now, order: { ...order, [provider]: ['gone'] }, lastGood }),
    );
    expect(await doctor(openclaw, '--fix')).toMatchObject({ status: 0, result: { gateway: 'reloaded' } });
    await turn(openclaw, { by: 'gateway' });
    expect(seen(model, server)).toEqual(['access#2']);
  });
});
