/**
 * A store of generations C and D: OpenClaw's database, read and written through OpenClaw's own SDK, so that its format stays
 * its business. A commit is a compare-and-swap: read, edit, and one transaction that writes only what nobody changed meanwhile.
 */

import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { AuthProfiles, ProfileStore } from '../store/profile-store.ts';
import { StoreError } from '../words/errors.ts';
import type { Clock } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';
import type { SdkOutcome, SdkProcess } from './sdk-process.ts';

export interface SdkStoreOptions {
  readonly sdk: SdkProcess;
  /** The agent's directory; undefined: the store that all agents share. */
  readonly agentDirectory: string | undefined;
  /** The database, for a person to read, and to see whether there is one yet. */
  readonly location: string;
  readonly generation: 'C' | 'D';
  readonly version: string;
  readonly clock: Clock;
  /** Refuses a place that could not be written. */
  assertWritable(location: string): void;
  /** Refuses a change that does not keep the store's shape. */
  assertChanges(before: AuthProfiles, after: AuthProfiles): Promise<void>;
}

/** How often an edit is made anew because somebody else committed in between. */
const MOST_ATTEMPTS = 10;

interface Seen {
  readonly state: AuthProfiles;
  readonly version: string;
}

export function openSdkStore(options: SdkStoreOptions): ProfileStore {
  const { sdk, agentDirectory, location, generation, clock } = options;
  const where = agentDirectory === undefined ? {} : { agentDir: agentDirectory };

  async function readNow(): Promise<Seen> {
    // OpenClaw would make the database: a mere look leaves nothing behind.
    if (!existsSync(location)) return { state: { version: 1, profiles: {} }, version: 'none' };
    return readFrom(await sdk.ask(where));
  }

  function readFrom(answer: SdkOutcome): Seen {
    if (answer.outcome !== 'read') throw refusal(answer, options);
    const state = answer.state as AuthProfiles;
    return { state: { ...state, profiles: state.profiles ?? {} }, version: answer.version ?? '' };
  }

  /** Only the store can tell: OpenClaw may have written and not kept it, or ended before it could answer. */
  async function assertWritten(answer: SdkOutcome, meant: AuthProfiles, before: Seen): Promise<void> {
    const found = await sdk.ask(where);
    if (found.outcome !== 'read')
      throw answer.outcome === 'refused' ? refusal(answer, options) : unseen(options);
    const now = readFrom(found);
    if (answer.outcome !== 'written' && now.version === before.version) throw refusal(answer, options);
    if (!isKept(meant, now.state, before.state)) throw notKept(options);
  }

  return {
    info: { kind: 'openclaw', location, generation, scope: 'host', durable: true },
    async read() {
      return { ...(await readNow()), now: clock.now() };
    },
    async probe() {
      options.assertWritable(location);
      const answer = await sdk.ask({ probe: true });
      if (answer.outcome !== 'ready') throw refusal(answer, options);
    },
    async commit(fn, { signal, whileLocked } = {}) {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
        signal?.throwIfAborted();
        const { state, version } = readFrom(await sdk.ask(where));
        const decision = fn(structuredClone(state), { now: clock.now() });
        if (!decision.write) return decision.result;
        await options.assertChanges(state, decision.next);
        signal?.throwIfAborted();
        // OpenClaw would drop ids from an order that are another store's to hold.
        const keepInOrder = Object.values(decision.next.order ?? {}).flat();
        const answer = await sdk.ask({ ...where, replace: { version, next: decision.next, keepInOrder } });
        if (answer.outcome === 'changed') continue;
        await assertWritten(answer, decision.next, { state, version });
        // The database is not locked any more: its gateway could not read it otherwise.
        await whileLocked?.();
        return decision.result;
      }
      throw new StoreError('ERR_STORE_LOCKED', {
        store: location,
        summary: `Another program keeps changing OpenClaw's store: ${location}.`,
        hint: 'End what else writes to it and run the command again. Nothing of this login was stored.',
      });
    },
    async close() {
      sdk.close();
    },
  };
}

/** Whether OpenClaw reads what was meant to change; the rest may have been changed again by somebody else since. */
function isKept(meant: AuthProfiles, kept: AuthProfiles, before: AuthProfiles): boolean {
  const changed = <T>(next: Readonly<Record<string, T>> = {}, old: Readonly<Record<string, T>> = {}) =>
    Object.entries(next).filter(([key, value]) => !isDeepStrictEqual(value, old[key]));
  const order = changed(meant.order, before.order).every(([provider, ids]) =>
    isDeepStrictEqual(kept.order?.[provider], ids),
  );
  // It drops a `lastGood` that names another store's profile: that store's own then counts.
  const lastGood = changed(meant.lastGood, before.lastGood).every(
    ([provider, id]) => !Object.hasOwn(meant.profiles, id) || kept.lastGood?.[provider] === id,
  );
  const tokens = changed(meant.profiles, before.profiles).every(
    ([id, profile]) => kept.profiles[id]?.access === profile.access,
  );
  const removed = Object.keys(before.profiles).filter((id) => !Object.hasOwn(meant.profiles, id));
  return tokens && order && lastGood && removed.every((id) => !Object.hasOwn(kept.profiles, id));
}

/** To call it a success would be a lie, and so would be to call it unchanged. */
function notKept({ location, version }: SdkStoreOptions): StoreError {
  return new StoreError('ERR_STORE_IO', {
    store: location,
    outcome: 'unknown',
    summary: `OpenClaw ${foreignText(version, 40)} did not keep what was written into its store: ${location}.`,
    hint: 'Look at what it has: codex-login status. Then sign in with OpenClaw itself: openclaw models auth login --provider openai.',
  });
}

function unseen({ location, version }: SdkStoreOptions): StoreError {
  return new StoreError('ERR_STORE_IO', {
    store: location,
    outcome: 'unknown',
    summary: `OpenClaw ${foreignText(version, 40)} ended while it wrote, or cannot be asked any more, so whether the credential is stored is unknown: ${location}.`,
    hint: 'Look at what it has: codex-login status. If the login is not there, run the command again.',
  });
}

/** Why OpenClaw did not do it, and what the person can do. */
function refusal(answer: SdkOutcome, { location, version, generation }: SdkStoreOptions): StoreError {
  const which = `OpenClaw ${foreignText(version, 40)}`;
  const refuse = (code: StoreError['code'], summary: string, hint: string) =>
    new StoreError(code, { store: location, summary, hint });
  if (answer.outcome === 'no sdk')
    return refuse(
      'ERR_STORE_GENERATION',
      `${which} keeps its credentials in a database (generation ${generation}), and its SDK has no way to write there.`,
      'Nothing was written. Sign in with OpenClaw itself: openclaw models auth login --provider openai.',
    );
  if (answer.outcome === 'failed')
    return refuse(
      'ERR_STORE_IO',
      `${which} could not be asked for its store: ${foreignText(answer.why, 120)}.`,
      'Check that it runs (openclaw --version), or name another with --openclaw <dir>.',
    );
  if (answer.outcome === 'refused' && answer.reason === 'migration')
    return refuse(
      'ERR_STORE_GENERATION',
      `${which} refuses its own store until files of an older version are moved into it.`,
      'Nothing was written. Run openclaw doctor --fix, then this command again.',
    );
  if (answer.outcome === 'refused' && answer.reason === 'locked')
    return refuse(
      'ERR_STORE_LOCKED',
      `${which} keeps its store locked: ${location}.`,
      'Wait until it has finished, and run the command again. The store is unchanged.',
    );
  return refuse(
    'ERR_STORE_IO',
    `${which} did not open its own store: ${location}.`,
    'Run openclaw doctor, which says why. The store is unchanged.',
  );
}
