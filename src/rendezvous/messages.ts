/**
 * What is said between a first login and those that follow it: JSON lines, one way only, from the first to its followers.
 * A greeting with the first's pid, then its events. Nothing is ever said back.
 */

import type { LoginEvent } from '../words/events.ts';

/** Longest line that is read, in characters: an authorization URL has some 600. */
const LONGEST_LINE = 64 * 1024;

export function greeting(pid: number): string {
  return `${JSON.stringify({ v: 1, pid })}\n`;
}

export function eventLine(event: LoginEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** The pid in a greeting; undefined for anything else. */
export function parseGreeting(line: string): number | undefined {
  const told = parseLine(line);
  if (typeof told !== 'object' || told === null || !('v' in told && 'pid' in told)) return undefined;
  return told.v === 1 && Number.isSafeInteger(told.pid) && Number(told.pid) > 0
    ? Number(told.pid)
    : undefined;
}

/** Undefined for what is no JSON. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * The lines of a stream, without their ends. A piece that never ends is no line: then the stream is over.
 * A stream that breaks off is over too, and no error.
 */
export async function* linesOf(stream: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
      if (rest.length > LONGEST_LINE) return;
    }
  } catch {
    // Whoever told has gone.
  }
}
