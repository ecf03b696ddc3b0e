/**
 * Pasting on the command line: standard input in cooked mode, with bracketed paste and without echo.
 * It decides how a paste is read and how a question is asked; what the login makes of it, `ways/paste` decides.
 */

import type { Clock, PasteInput } from '../words/ports.ts';
import { type Echo, isInForeground, openEcho } from './echo.ts';
import { createPasteAssembler } from './paste-assembler.ts';
import type { Terminal } from './terminal.ts';

export interface PastePrompt extends PasteInput {
  /** Gives the terminal back as it was found. */
  close(): void;
}

/** How often somebody in the background looks whether it is in the foreground again. */
const BACKGROUND_MS = 500;

type Input = Pick<NodeJS.ReadStream, 'on' | 'off' | 'pause' | 'resume' | 'setEncoding' | 'isTTY'> & {
  // A file has none.
  unref?(): unknown;
};

/** Nothing is read, and the terminal is left alone, until the first `next`. */
export function openPastePrompt(terminal: Terminal, clock: Clock, stdin: Input = process.stdin): PastePrompt {
  const pastes: string[] = [];
  let ended = false;
  let changed: () => void = () => undefined;
  let opened: { echo: Echo | undefined } | undefined;
  let isReading = false;
  let closed = new AbortController();
  const assembler = createPasteAssembler(clock, (text) => {
    pastes.push(text);
    changed();
  });
  const onData = (text: string) => assembler.add(text);
  const onEnd = () => {
    assembler.end();
    ended = true;
    changed();
  };
  /** Takes the terminal as it is needed, also when a shell gives it back with its echo on. */
  const take = () => {
    opened?.echo?.set(false);
    if (stdin.isTTY) terminal.bracketedPaste(true);
    stdin.resume();
  };
  /** A shell's background is no place to read in: the terminal is left alone until it is ours again. */
  const takeInTime = async () => {
    const { signal } = closed;
    if (stdin.isTTY && !isInForeground()) stdin.pause();
    while (stdin.isTTY && !isInForeground()) await clock.sleep(BACKGROUND_MS, signal);
    if (!signal.aborted) take();
  };
  const onContinue = () => {
    process.off('SIGTSTP', onSuspend).on('SIGTSTP', onSuspend);
    void takeInTime().catch(() => undefined);
  };
  /** Ctrl-Z. Whoever still reads when a shell continues it in its background is stopped again by the next key that is typed there. */
  const onSuspend = () => {
    stdin.pause();
    process.off('SIGTSTP', onSuspend);
    process.kill(process.pid, 'SIGTSTP');
  };

  const open = () => {
    if (opened === undefined) {
      opened = { echo: stdin.isTTY ? openEcho() : undefined };
      process.on('exit', close);
    }
    if (isReading) return;
    isReading = true;
    closed = new AbortController();
    stdin.setEncoding('utf8');
    stdin.on('data', onData).on('end', onEnd).on('error', onEnd);
    onContinue();
    process.on('SIGCONT', onContinue);
  };
  const stopReading = () => {
    if (!isReading) return;
    isReading = false;
    closed.abort();
    stdin.off('data', onData).off('end', onEnd).off('error', onEnd);
    stdin.pause();
    stdin.unref?.();
    process.off('SIGCONT', onContinue).off('SIGTSTP', onSuspend);
  };
  const close = () => {
    if (opened === undefined) return;
    const { echo } = opened;
    opened = undefined;
    stopReading();
    process.off('exit', close);
    // In the background it is the shell's, which has seen to it.
    if (!stdin.isTTY || !isInForeground()) return;
    terminal.bracketedPaste(false);
    echo?.restore();
  };
  const next: PasteInput['next'] = (signal) =>
    new Promise((resolve, reject) => {
      const settle = () => {
        const text = pastes.shift();
        if (text === undefined && !ended) return;
        signal.removeEventListener('abort', stop);
        changed = () => undefined;
        resolve(text);
      };
      // The answer has come by another way: to give the terminal back takes a program of the system's, and can wait for `close`.
      const stop = () => {
        changed = () => undefined;
        stopReading();
        reject(signal.reason);
      };
      if (signal.aborted) return stop();
      open();
      signal.addEventListener('abort', stop, { once: true });
      changed = settle;
      settle();
    });
  return {
    next,
    refuse(sentence) {
      if (terminal.json)
        terminal.line({ v: 1, type: 'waiting', time: new Date(clock.now()).toISOString(), reason: sentence });
      else terminal.say(`${terminal.colors.yellow('!')} ${sentence}`);
    },
    async confirm(question, signal) {
      if (!stdin.isTTY || terminal.json) return false;
      terminal.say(`${terminal.colors.yellow('!')} ${question} [y/N]`);
      if (isInForeground()) opened?.echo?.set(true);
      try {
        return /^y(?:es)?$/i.test((await next(signal)) ?? '');
      } finally {
        if (isInForeground()) opened?.echo?.set(false);
      }
    },
    close,
  };
}
