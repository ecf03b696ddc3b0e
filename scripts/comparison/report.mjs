// The table as Markdown, and its places in the documents. It writes between the markers and nowhere else.

import { readFileSync, writeFileSync } from 'node:fs';

import { PINNED, titleOf } from './pinned.mjs';
import { ROWS } from './rows.mjs';

export const BEGIN = '<!-- comparison: written by `npm run compare` -->';
export const END = '<!-- comparison: end -->';

/** @param cells by row and title */
export function tableOf(rows, cells) {
  const titles = PINNED.map(titleOf);
  const line = (words) => `| ${words.join(' | ')} |`;
  return [
    line(['', ...titles]),
    line(['---', ...titles.map(() => '---')]),
    ...rows.map(({ id, what }) =>
      line([what, ...titles.map((title) => inCell(cells[id]?.[title] ?? 'not run'))]),
    ),
  ].join('\n');
}

/** The whole of what stands between the markers of docs/comparison.md. */
export function reportOf(cells, { date, node, machine }) {
  const versions = PINNED.map((pinned) => `\`${titleOf(pinned)}\``).join(', ');
  return [
    `Measured on ${date} by \`npm run compare\`: ${versions}; Node.js ${node} for those in JavaScript; ${machine}.`,
    tableOf(ROWS, cells),
    'What each row does:',
    ROWS.map(({ what, about }) => `- **${what}**: ${about}`).join('\n'),
  ].join('\n\n');
}

/** Puts the text between the markers. */
export function writeBetween(path, text) {
  const before = readFileSync(path, 'utf8');
  const [start, end] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${path} has no place for the comparison`);
  writeFileSync(path, `${before.slice(0, start)}${BEGIN}\n\n${text}\n\n${before.slice(end)}`);
}

const inCell = (cell) => cell.replaceAll('|', '\\|').replace(/\s+/g, ' ');
