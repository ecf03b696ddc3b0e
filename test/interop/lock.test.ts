import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { takeSidecarLock } from '../../src/store/file/sidecar-lock.ts';
import type { AuthProfiles } from '../../src/store/profile-store.ts';
import { systemClock } from '../../src/system.ts';
import type { Clock } from '../../src/words/ports.ts';
import { commitLogin } from '../support/record.ts';
import { expectInvariants } from '../support/store-invariants.ts';
import { type OpenClaw, provider, test } from './openclaw.ts';

const idOf = (name: string) => `${provider}:${name}@example.com`;
const profilesIn = ({ storePath }: OpenClaw) =>
  Object.keys((JSON.parse(readFileSync(storePath, 'utf8')) as AuthProfiles).profiles).sort();

/** The system's clock, and the moment at which somebody first sleeps by it: the sign that we wait. */
function watchedClock(): { clock: Clock; slept: Promise<void> } {
  let tell: () => void = () => undefined;
  const slept = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const sleep: Clock['sleep'] = (durationMs, signal) => {
    tell();
    return systemClock.sleep(durationMs, signal);
  };
  return { clock: { now: systemClock.now, sleep }, slept };
}

describe('one lock, two programs', () => {
  test('while we hold it OpenClaw waits, and writes after the release', async ({ openclaw }) => {
    openclaw.writeStore({ version: 1, profiles: {} });
    const real = await openclaw.functions();
    const lock = await takeSidecarLock(openclaw.storePath, { clock: systemClock });
    const adding = real.ask('add', { ids: ['theirs'] });
    await real.event('busy');
    await real.event('busy');
    expect(profilesIn(openclaw)).toEqual([]);
    expect(lock.isHeld()).toBe(true);
    lock.release();
    expect(await adding).toEqual({ refused: [] });
    expect(profilesIn(openclaw)).toEqual(['theirs']);
    expectInvariants(openclaw.storePath);
  });

  test('while OpenClaw holds it we wait, and both changes are in the file', async ({ openclaw }) => {
    openclaw.writeStore({ version: 1, profiles: {} });
    const real = await openclaw.functions();
    const holding = real.ask('hold', { profileId: 'theirs' });
    await real.event('held');
    const { clock, slept } = watchedClock();
    const committing = commitLogin(openFileStore(openclaw.storePath, { clock }), 'ours');
    await slept;
    expect(profilesIn(openclaw)).toEqual([]);
    await real.ask('letGo');
    await Promise.all([holding, committing]);
    expect(profilesIn(openclaw)).toEqual([idOf('ours'), 'theirs']);
    expectInvariants(openclaw.storePath);
  });

  test('of 20 updates by each side at once, none is lost', async ({ openclaw }) => {
    openclaw.writeStore({ version: 1, profiles: {} });
    const real = await openclaw.functions();
    const store = openFileStore(openclaw.storePath);
    const names = Array.from({ length: 20 }, (_, index) => String(index));
    const theirs = names.map((name) => `theirs-${name}`);
    await Promise.all([
      ...theirs.map(async (id) => expect(await real.ask('add', { ids: [id] })).toEqual({ refused: [] })),
      ...names.map((name) => commitLogin(store, name)),
    ]);
    expect(profilesIn(openclaw)).toEqual([...names.map(idOf), ...theirs].sort());
    expectInvariants(openclaw.storePath);
  });
});
