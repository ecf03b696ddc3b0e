/** Text in columns that fit the terminal. It counts characters, and gets texts without colours: `paint` colours afterwards. */

import { stripVTControlCharacters } from 'node:util';

export interface Layout {
  /** How many columns there are. */
  readonly width: number;
  readonly paint?: (left: string) => string;
  /** The least columns of the left-hand side, so that several tables align. */
  readonly least?: number;
}

export const NO_BREAK = '\u00a0';

/** Below this many columns for the right-hand text, it goes under the left one. */
const NARROWEST = 28;

/** Rows of a name and what it is, aligned; on a narrow terminal one below the other. */
export function columns(
  rows: readonly (readonly [left: string, right: string])[],
  { width, paint = (left) => left, least = 0 }: Layout,
): string {
  const longest = Math.max(least, ...rows.map(([left]) => left.length));
  const beside = width - longest - 4 >= NARROWEST;
  return rows
    .map(([left, right]) =>
      beside
        ? `  ${paint(left)}${' '.repeat(longest - left.length)}  ${wrap(right, width, longest + 4)}`
        : `  ${paint(left)}\n      ${wrap(right, width, 6)}`,
    )
    .join('\n');
}

/**
 * The text in lines of at most `width` columns, those after the first indented. A longer word stays whole, and so do words that a
 * no-break space joins, which is a plain one then.
 */
export function wrap(text: string, width: number, indent = 0): string {
  const margin = `\n${' '.repeat(indent)}`;
  return text
    .split('\n')
    .map((line) => wrapLine(line, Math.max(1, width - indent)).join(margin))
    .join(margin);
}

/** The same for every line of a text, each under its own indentation; colours take no room. */
export function wrapIndented(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      const indent = line.length - line.trimStart().length;
      return line.slice(0, indent) + wrap(line.slice(indent), width, indent);
    })
    .join('\n');
}

function wrapLine(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > most) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((words) => words.replaceAll(NO_BREAK, ' '));
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
