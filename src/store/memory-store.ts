/** A credential store that ends with the process: for tests, and for embedders who keep credentials in a place of their own. */

import { systemClock } from '../system.ts';
import type { Clock } from '../words/ports.ts';
import { assertChanges } from './changes.ts';
import type { AuthProfiles, ProfileStore } from './profile-store.ts';

/**
 * A store that is gone with its process: for tests, and for programs that keep a credential only while they run.
 * @param initial what it holds at first; copied, as everything that goes in or out
 */
export function openMemoryStore(options: { clock?: Clock; initial?: AuthProfiles } = {}): ProfileStore {
  const { clock = systemClock } = options;
  let state: AuthProfiles = structuredClone(options.initial ?? { version: 1, profiles: {} });
  let version = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    info: { kind: 'memory', location: 'memory', generation: 'memory', scope: 'process', durable: false },
    read: async () => ({ state: structuredClone(state), version: String(version), now: clock.now() }),
    commit(fn, { signal, whileLocked } = {}) {
      const turn = last.then(async () => {
        signal?.throwIfAborted();
        const decision = fn(structuredClone(state), { now: clock.now() });
        if (decision.write) {
          assertChanges(state, decision.next);
          state = structuredClone(decision.next);
          version += 1;
          await whileLocked?.();
        }
        return decision.result;
      });
      last = turn.catch(() => undefined);
      return turn;
    },
    async close() {},
  };
}
