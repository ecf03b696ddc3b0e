// The table as Markdown: written, read back, and put into its place in a document. It writes between the markers and nowhere else.

import { readFileSync, writeFileSync } from 'node:fs';

import { PINNED, titleOf } from '../real-programs/pinned.mjs';

export const BEGIN = '<!-- comparison: written by `npm run compare` -->';
export const END = '<!-- comparison: end -->';

/** The row that tells when each column was measured. */
export const MEASURED = 'measured on';

/** @param rows names of rows, in order; @param cells by row and by column */
export function tableOf(rows, cells) {
  const titles = PINNED.map(titleOf);
  return [
    line(['', ...titles]),
    line(['---', ...titles.map(() => '---')]),
    ...rows.map((what) => line([what, ...titles.map((title) => cells[what]?.[title] ?? 'not run')])),
  ].join('\n');
}

/**
 * The cells of the first table in a text, by row and by column, and its columns in order.
 * @param {string} text
 * @returns {{ titles: string[], cells: Record<string, Record<string, string>> }}
 */
export function tableIn(text) {
  const lines = text.split('\n').filter((one) => one.startsWith('|'));
  const [head = [], , ...rows] = lines.map((one) =>
    one
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
  const titles = head.slice(1);
  const cells = Object.fromEntries(
    rows.map(([what = '', ...row]) => [
      what,
      Object.fromEntries(titles.map((title, at) => [title, row[at] ?? ''])),
    ]),
  );
  return { titles, cells };
}

/** What stands between the markers of a document. */
export function readBetween(path) {
  const text = readFileSync(path, 'utf8');
  const [start, end] = placeIn(text, path);
  return text.slice(start + BEGIN.length, end).trim();
}

/** Puts a text there. */
export function writeBetween(path, inside) {
  const text = readFileSync(path, 'utf8');
  const [start, end] = placeIn(text, path);
  writeFileSync(path, `${text.slice(0, start)}${BEGIN}\n\n${inside}\n\n${text.slice(end)}`);
}

function placeIn(text, path) {
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${path} has no place for the comparison`);
  return [start, end];
}

const line = (cells) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s+/g, ' ')).join(' | ')} |`;
