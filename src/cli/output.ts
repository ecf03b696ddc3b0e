/**
 * The two outputs of this process. A stream takes 2 ms to load, and a pipe or a file needs none: what is asked for is written at
 * once, and only what the system does not take goes through the stream, which also knows what an error means.
 */

import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

export interface Output {
  readonly isTTY: boolean;
  /** How wide a terminal is. */
  readonly columns: number | undefined;
  write(text: string): void;
}

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write' | 'on'>;

/** @param onError hears the system's word for why nothing can be written any more */
export function processOutput(name: 'stdout' | 'stderr', onError: (code: string) => void): Output {
  const descriptor = name === 'stdout' ? 1 : 2;
  const isTTY = isTerminal(descriptor);
  let opened: Output | undefined;
  const stream = () => {
    opened ??= streamOutput(process[name], onError);
    return opened;
  };
  return {
    isTTY,
    get columns() {
      return isTTY ? stream().columns : undefined;
    },
    write(text) {
      const rest = isTTY || opened !== undefined ? Buffer.from(text) : writeNow(descriptor, text);
      if (rest.length > 0) stream().write(rest.toString());
    },
  };
}

/** The same on a stream that is there already. */
export function streamOutput(stream: Stream, onError: (code: string) => void): Output {
  // A reader that went away (a closed pipe) is no reason to crash, also after the command has ended.
  stream.on('error', (error: NodeJS.ErrnoException) => onError(error.code ?? 'unknown'));
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
    write: (text) => void stream.write(text),
  };
}

/** What the system did not take. */
function writeNow(descriptor: number, text: string): Buffer {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch {
    // It is full, or nobody reads it: the stream waits, or says so.
  }
  return rest;
}

/** Whether a person reads or writes there. To ask that of a pipe loads nothing. */
export function isTerminal(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice() && isatty(descriptor);
  } catch {
    return false;
  }
}
