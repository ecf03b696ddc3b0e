/** A terminal that a person watches, and what reaches it. */

import { Writable } from 'node:stream';

import { openTerminal, type Terminal } from '../../src/cli/terminal.ts';

export interface Watched {
  readonly terminal: Terminal;
  readonly written: { stdout: string; stderr: string };
}

/** @param options `isTTY: false` is a pipe that nobody watches */
export function watched(
  options: {
    json?: boolean;
    color?: boolean;
    columns?: number;
    isTTY?: boolean;
    inForeground?: () => boolean;
  } = {},
): Watched {
  const { json = false, color = false, columns = 80, isTTY = true, inForeground = () => true } = options;
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) =>
    Object.assign(
      new Writable({
        write(chunk, _, done) {
          written[name] += chunk;
          done();
        },
      }),
      { isTTY, columns },
    );
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') } as never;
  return { terminal: openTerminal({ json, color, streams, inForeground }), written };
}
