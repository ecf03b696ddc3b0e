/**
 * What a repair would change, for a person to read: the difference of two states as unified text, with every secret masked.
 * Whatever is not known to be harmless counts as a secret.
 */

import { maskToken, redact } from '../../words/redact.ts';
import type { AuthProfiles } from '../profile-store.ts';

/** Fields of a profile that hold no secret. */
const SHOWN = new Set([
  'type',
  'mode',
  'provider',
  'email',
  'accountId',
  'account_id',
  'accountID',
  'chatgptPlanType',
]);
const CONTEXT_LINES = 3;
/** Beyond this the middle is shown as removed and added whole. */
const MOST_CELLS = 4_000_000;

/** Empty where nothing changes that is shown. */
export function maskedDifference(
  file: string,
  before: AuthProfiles | undefined,
  after: AuthProfiles,
): string {
  const lines = (state: AuthProfiles | undefined) =>
    state === undefined ? [] : JSON.stringify(maskState(state), null, 2).split('\n');
  return unifiedDifference(file, lines(before), lines(after));
}

function maskState(state: AuthProfiles): unknown {
  return Object.fromEntries(
    Object.entries(state).map(([part, value]) => [
      part,
      // Of these only the names of profiles and providers, and times, are values.
      part === 'order' || part === 'lastGood' ? redactAll(value) : mask(value, false),
    ]),
  );
}

function redactAll(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactAll);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [redact(key), redactAll(inner)]));
}

function mask(value: unknown, shown: boolean): unknown {
  if (typeof value === 'string') return shown ? redact(value) : maskToken(value);
  if (Array.isArray(value)) return value.map((inner) => mask(inner, false));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [redact(key), mask(inner, SHOWN.has(key))]),
  );
}

export function unifiedDifference(file: string, before: readonly string[], after: readonly string[]): string {
  const script = compare(before, after);
  const changed = script.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  if (changed.length === 0) return '';
  const hunks: [number, number][] = [];
  for (const index of changed) {
    const last = hunks.at(-1);
    const start = Math.max(0, index - CONTEXT_LINES);
    const end = Math.min(script.length, index + CONTEXT_LINES + 1);
    if (last && start <= last[1]) last[1] = end;
    else hunks.push([start, end]);
  }
  const count = (from: number, to: number, without: string) =>
    script.slice(from, to).filter(({ sign }) => sign !== without).length;
  const text = hunks.flatMap(([start, end]) => [
    `@@ -${count(0, start, '+') + 1},${count(start, end, '+')} +${count(0, start, '-') + 1},${count(start, end, '-')} @@`,
    ...script.slice(start, end).map(({ sign, line }) => sign + line),
  ]);
  return [`--- ${file}`, `+++ ${file}`, ...text].join('\n');
}

interface Step {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** The longest common lines stay; equal starts and ends are set aside first. */
function compare(before: readonly string[], after: readonly string[]): Step[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - start;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const same = (lines: readonly string[]): Step[] => lines.map((line) => ({ sign: ' ', line }));
  const [old, young] = [before.slice(start, before.length - tail), after.slice(start, after.length - tail)];
  return [
    ...same(before.slice(0, start)),
    ...middle(old, young),
    ...same(before.slice(before.length - tail)),
  ];
}

function middle(old: readonly string[], young: readonly string[]): Step[] {
  const [rows, columns] = [old.length, young.length];
  const removed = (line = ''): Step => ({ sign: '-', line });
  const added = (line = ''): Step => ({ sign: '+', line });
  if (rows * columns > MOST_CELLS) return [...old.map(removed), ...young.map(added)];
  const width = columns + 1;
  const common = new Uint32Array((rows + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1)
    for (let column = columns - 1; column >= 0; column -= 1)
      common[row * width + column] =
        old[row] === young[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const steps: Step[] = [];
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    if (row < rows && column < columns && old[row] === young[column]) {
      steps.push({ sign: ' ', line: old[row] ?? '' });
      row += 1;
      column += 1;
    } else if (row < rows && (column === columns || at(row + 1, column) >= at(row, column + 1))) {
      steps.push(removed(old[row]));
      row += 1;
    } else {
      steps.push(added(young[column]));
      column += 1;
    }
  }
  return steps;
}
