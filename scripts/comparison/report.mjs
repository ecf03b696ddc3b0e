// The findings in the documents. A run over some columns or rows keeps the other cells as they were measured before.

import { fileURLToPath } from 'node:url';

import { PINNED, titleOf } from '../real-programs/pinned.mjs';
import { ROWS } from './rows.mjs';
import { MEASURED, readBetween, tableIn, tableOf, writeBetween } from './table.mjs';

const DOCUMENT = fileURLToPath(new URL('../../docs/comparison.md', import.meta.url));
const README = fileURLToPath(new URL('../../README.md', import.meta.url));

/**
 * Writes both tables.
 * @param found cells by row and column
 * @param about `date`, `node`, `machine` of this run
 * @returns rows that have a column still to be measured: then nothing is written
 */
export function writeReport(found, { date, node, machine }) {
  const { cells: before } = tableIn(readBetween(DOCUMENT));
  const names = [...ROWS.map(({ what }) => what), MEASURED];
  const measured = Object.keys(Object.values(found)[0] ?? {});
  const dates = { ...before[MEASURED], ...Object.fromEntries(measured.map((title) => [title, date])) };
  const all = { ...found, [MEASURED]: dates };
  const cells = Object.fromEntries(names.map((what) => [what, { ...before[what], ...all[what] }]));
  const open = names.filter((what) => PINNED.some((pinned) => !cells[what][titleOf(pinned)]));
  if (open.length > 0) return open;

  const head = `Last run: \`npm run compare\`, ${date}, Node.js ${node} for the programs in JavaScript, ${machine}.`;
  const rows = ROWS.map(({ what, about }) => `- **${what}**: ${about}`).join('\n');
  writeBetween(DOCUMENT, [head, tableOf(names, cells), 'What each row does:', rows].join('\n\n'));
  writeBetween(
    README,
    tableOf(
      ROWS.filter(({ readme }) => readme).map(({ what }) => what),
      cells,
    ),
  );
  return [];
}
