/** Why nothing was moved, or what is on its way, in a sentence with the next step. It decides only the words. */

import type { BeginOutcome } from '../store/edits/move.ts';
import { LoginError, StoreError } from '../words/errors.ts';
import { foreignText } from '../words/redact.ts';

type NotBegun = Exclude<BeginOutcome, { kind: 'begun' }>;

export function notBegun(profileId: string, outcome: NotBegun): LoginError {
  const name = `"${foreignText(profileId, 80)}"`;
  switch (outcome.kind) {
    case 'claimed':
      return refused(
        `${name} is being refreshed by ${foreignText(outcome.claim.by, 120)}`,
        'Run the command again in a moment.',
      );
    case 'elsewhere':
      return refused(
        `a move of ${name} to ${foreignText(outcome.to, 200)} was not brought to its end`,
        'Run that one again first: its token may be there already.',
      );
    case 'dead':
      return refused(
        `the server has ended the login of ${name}`,
        'Sign in to the other store: codex-login login --store …',
      );
    default:
      return refused(`${name} has no refresh token any more`, 'See codex-login status.');
  }
}

export function taken(profileId: string, by: string): LoginError {
  return refused(
    `the other store has "${foreignText(by, 80)}" already, ${by === profileId ? 'under the same name' : 'of the same account'}`,
    'Log out one of the two (codex-login logout), then run the command again.',
  );
}

/** The other store would not take it: the token is inert in the first one. */
export function onTheWay(profileId: string, thrown: unknown): unknown {
  return unfinished(profileId, 'the first store keeps its token, and nobody presents it.', thrown);
}

/** Another agent still has it. */
export function copyLeft(profileId: string, thrown: unknown): unknown {
  return unfinished(profileId, 'an agent may have a copy of its token, which has to go first.', thrown);
}

function unfinished(profileId: string, where: string, thrown: unknown): unknown {
  if (!(thrown instanceof LoginError)) return thrown;
  const summary = `"${foreignText(profileId, 80)}" is on its way: ${where} ${thrown.summary}`;
  const hint =
    'Nothing is lost. When that is put right, run the same command again: it brings the move to its end.';
  return thrown instanceof StoreError
    ? new StoreError(thrown.code, { store: thrown.store, outcome: thrown.outcome, summary, hint })
    : new LoginError(thrown.code, { summary, hint });
}

export function refused(why: string, hint: string): LoginError {
  return new LoginError('ERR_USAGE', { summary: `Nothing was moved: ${why}.`, hint });
}
