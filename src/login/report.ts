/** Turns what a story tells into events with an envelope, and a flood of strays into a few lines. */

import type { LoginError } from '../words/errors.ts';
import type { LoginEvent, LoginEventBody } from '../words/events.ts';
import type { Clock } from '../words/ports.ts';

export interface Report {
  emit(body: LoginEventBody): void;
  /** The last event of a story that failed. */
  fail(error: LoginError): void;
  /** A request that changed nothing: told at the 1st, 10th, 100th … of its kind. */
  turnedAway(reason: string): void;
}

/** An `onEvent` that throws does not end the story it listens to. */
export function createReport(onEvent: ((event: LoginEvent) => void) | undefined, clock: Clock): Report {
  const turnedAway = new Map<string, number>();
  const emit = (body: LoginEventBody) => {
    try {
      onEvent?.({ v: 1, time: new Date(clock.now()).toISOString(), ...body } as LoginEvent);
    } catch {
      // The listener's fault, and not this login's.
    }
  };
  return {
    emit,
    fail: ({ code, summary: message, hint, exitCode }) =>
      emit({ type: 'error', ok: false, code, message, hint, exitCode }),
    turnedAway(reason) {
      const count = (turnedAway.get(reason) ?? 0) + 1;
      turnedAway.set(reason, count);
      if (!/^10*$/.test(String(count))) return;
      emit({
        type: 'waiting',
        reason: `a request was turned away: ${reason}${count === 1 ? '' : ` (${count.toLocaleString('en-US')} so far)`}`,
      });
    },
  };
}
