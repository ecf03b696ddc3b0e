import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertChanges } from '../../../../src/store/changes.ts';
import { findInState, repairState } from '../../../../src/store/examination/findings.ts';
import { parseAuthProfiles } from '../../../../src/store/parse.ts';
import type { AuthProfiles } from '../../../../src/store/profile-store.ts';
import { type RoutingConfiguration, selectProfiles } from '../../../../src/store/selection.ts';
import { auth, soundStore, store } from '../../../interop/stores.ts';
import { now, provider } from '../../../support/damaged-stores.ts';

const configuration = auth as fc.Arbitrary<RoutingConfiguration>;
const judge = {
  provider,
  now,
  read: () => undefined,
  compare: (a: object, b: object) =>
    'accountId' in a && 'accountId' in b ? ('same' as const) : ('unknown' as const),
};
const examine = (state: AuthProfiles, said: RoutingConfiguration) =>
  findInState({ ...judge, state, configuration: said });
/** As it would come out of a file. */
const readAs = (value: unknown) => parseAuthProfiles(JSON.stringify(value), 'made up');

describe('on any store at all', () => {
  test('a repair comes to an end, leaves nothing that could be repaired, and is what a commit accepts', () => {
    fc.assert(
      fc.property(store, configuration, (value, said) => {
        const state = readAs(value);
        const { next } = repairState(state, (one) => examine(one, said));
        expect(examine(next, said).filter(({ edit }) => edit !== undefined)).toEqual([]);
        assertChanges(state, next);
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 10_000 },
    );
  });

  test('a repair that changes something loses no profile but twins, and none of another provider', () => {
    fc.assert(
      fc.property(store, configuration, (value, said) => {
        const state = readAs(value);
        const { next, repaired } = repairState(state, (one) => examine(one, said));
        const gone = Object.keys(state.profiles).filter((id) => !Object.hasOwn(next.profiles, id));
        const twins = repaired.filter(({ id }) => id === 'twin').map(({ subject }) => subject);
        expect(gone.map((id) => id.trim()).sort()).toEqual(twins.sort());
      }),
      { numRuns: 500, interruptAfterTimeLimit: 10_000 },
    );
  });

  test('after a repair, openclaw.json corrected, something is used wherever something could be', () => {
    fc.assert(
      fc.property(fc.oneof(store, soundStore), configuration, (value, said) => {
        const { next } = repairState(readAs(value), (one) => examine(one, said));
        const profiles = { ...said.profiles };
        for (const { correction } of examine(next, said))
          if (correction) {
            const { profileId, ...fields } = correction;
            profiles[profileId] = { ...profiles[profileId], ...fields };
          }
        const corrected = { ...said, ...(said.profiles ? { profiles } : {}) };
        const { selected, verdicts } = selectProfiles({
          state: next,
          provider,
          configuration: corrected,
          now,
        });
        const could = verdicts.some(({ reason }) => reason === 'ok' || reason === 'excluded_by_auth_order');
        expect(selected !== undefined).toBe(could);
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 10_000 },
    );
  });
});
