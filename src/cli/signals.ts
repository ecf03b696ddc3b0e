/** Ctrl-C, SIGTERM and a terminal that is closed (SIGHUP): the first asks the command to end cleanly, the second ends the process. */

import { EXIT_STATUS, LoginError } from '../words/errors.ts';

const SIGNALS = { SIGINT: 'ERR_ABORTED', SIGTERM: 'ERR_TERMINATED', SIGHUP: 'ERR_TERMINATED' } as const;

export interface Interruption {
  /** Aborted with a LoginError that has the exit status of the signal. */
  readonly signal: AbortSignal;
  /** As if the person had pressed Ctrl-C once. */
  interrupt(): void;
  forget(): void;
}

/** Listens from now on, until forgotten. */
export function untilInterrupted(): Interruption {
  const controller = new AbortController();
  const listeners = (Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]).map((name) => {
    const code = SIGNALS[name];
    const listener = () => {
      if (controller.signal.aborted) process.exit(EXIT_STATUS[code]);
      controller.abort(interruption(code));
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  return {
    signal: controller.signal,
    interrupt: () => controller.abort(interruption('ERR_ABORTED')),
    forget() {
      for (const off of listeners) off();
    },
  };
}

/** What a command ended with; an interruption has the words of a sign-in, and this hint instead where the command is none. */
export function orInterrupted(thrown: unknown, { aborted, reason }: AbortSignal, hint: string): unknown {
  if (!aborted) return thrown;
  return reason instanceof LoginError
    ? new LoginError(reason.code, { summary: reason.summary, hint })
    : reason;
}

function interruption(code: 'ERR_ABORTED' | 'ERR_TERMINATED'): LoginError {
  return new LoginError(code, {
    summary: code === 'ERR_ABORTED' ? 'Interrupted.' : 'Terminated.',
    hint: 'Nothing was stored; run the command again when you are ready.',
  });
}
