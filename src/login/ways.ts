/**
 * The ways in which a person's answer can arrive, all at once: the first that settles ends the others, and they are gone before
 * the login goes on. It decides how long; what an answer means, `oauth` decides.
 */

import { aborted, duration, rejectOnAbort, startDeadline } from '../words/deadline.ts';
import { LoginError } from '../words/errors.ts';
import type { Clock } from '../words/ports.ts';

/**
 * One way. It resolves with the answer, or with undefined once none can come by this way any more;
 * rejects with what ends the login. It cleans up after itself when `signal` aborts.
 */
export type Way<Answer> = (signal: AbortSignal) => Promise<Answer | undefined>;

export interface Wait {
  readonly clock: Clock;
  /** How long a person may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Interrupts the wait. */
  readonly signal: AbortSignal;
}

/**
 * Waits for the first answer.
 * @throws LoginError `ERR_TIMED_OUT`, or `ERR_TIMED_OUT` at once where no way is left; what a way rejects with; `signal.reason`
 */
export async function firstAnswer<Answer>(ways: readonly Way<Answer>[], wait: Wait): Promise<Answer> {
  const decided = new AbortController();
  const deadline = startDeadline(wait.clock, wait.timeoutMs, decided.signal);
  const tried = ways.map((way) => way(decided.signal));
  try {
    return await Promise.race([
      ...tried.map(onlyAnswers),
      noWayLeft(tried),
      rejectOnAbort(wait.signal, decided.signal),
      rejectOnAbort(deadline.signal, decided.signal).catch(() => {
        throw timedOut(wait.timeoutMs);
      }),
    ]);
  } finally {
    decided.abort();
    await Promise.allSettled(tried);
  }
}

/** What may end the wait, as one of the ways: no answer comes by it. */
export function onlyFailing(checked: Promise<void>): Way<never> {
  return async (signal) => {
    await Promise.race([checked, aborted(signal)]);
    return undefined;
  };
}

/** A way that came to nothing leaves the field to the others. */
async function onlyAnswers<Answer>(tried: Promise<Answer | undefined>): Promise<Answer> {
  const answer = await tried;
  return answer === undefined ? new Promise<never>(() => undefined) : answer;
}

async function noWayLeft(tried: readonly Promise<unknown>[]): Promise<never> {
  const answers = await Promise.all(tried);
  if (answers.some((answer) => answer !== undefined)) return new Promise<never>(() => undefined);
  throw new LoginError('ERR_TIMED_OUT', {
    summary: 'There is no way left in which the answer of your sign-in could arrive.',
    hint: 'Free the callback port, or run the command in a terminal to paste the address, or use --device.',
  });
}

function timedOut(timeoutMs: number): LoginError {
  return new LoginError('ERR_TIMED_OUT', {
    summary: `Nobody finished the sign-in within ${duration(timeoutMs)}.`,
    hint: 'Run the command again, and open the printed URL yourself if no browser appears. Nothing was stored.',
  });
}
