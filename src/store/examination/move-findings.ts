/** Profiles on their way to another store, left there by a move that was killed. Pure. */

import { type Finding, finding } from '../../words/findings.ts';
import { moveMarkIn } from '../edits/move.ts';
import type { AuthProfiles } from '../profile-store.ts';

export function findUnfinishedMoves(state: AuthProfiles): Finding[] {
  return Object.keys(state.profiles).flatMap((id) => {
    const begun = moveMarkIn(state, id);
    if (begun === undefined) return [];
    return [
      finding('move-unfinished', {
        subject: id,
        message: `A move of this profile to ${begun.mark.to} was not brought to its end.`,
        reason: 'Nobody refreshes it here any more; its refresh token is kept here, or is there already.',
        remedy: 'Run the same codex-login store move again',
      }),
    ];
  });
}
