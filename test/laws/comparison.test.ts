/** The comparison in the documents is of the programs that `npm run compare` runs, whole, and the README says the same. */

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ROWS } from '../../scripts/comparison/rows.mjs';
import { MEASURED, readBetween, tableIn } from '../../scripts/comparison/table.mjs';
import { PINNED, titleOf } from '../../scripts/real-programs/pinned.mjs';

const tableOf = (path: string) =>
  tableIn(readBetween(fileURLToPath(new URL(`../../${path}`, import.meta.url))));
const whole = tableOf('docs/comparison.md');
const short = tableOf('README.md');

describe('the comparison', () => {
  test('has a column for each pinned program, and no other', () => {
    expect(whole.titles).toEqual(PINNED.map(titleOf));
    expect(short.titles).toEqual(whole.titles);
  });

  test('has every row that is measured, and the day of each column', () => {
    expect(Object.keys(whole.cells)).toEqual([...ROWS.map(({ what }) => what), MEASURED]);
    for (const day of Object.values(whole.cells[MEASURED] ?? {})) expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test('has no cell without a finding, or without the reason why there is none', () => {
    const cells = Object.values(whole.cells).flatMap((row) => Object.values(row));
    expect(
      cells.filter((cell) => !/\w/.test(cell) || /^not run(?!: \w)|TODO|TBD|undefined|NaN/.test(cell)),
    ).toEqual([]);
  });

  test('says in the README what the whole table says', () => {
    expect(Object.keys(short.cells).length).toBeGreaterThan(8);
    for (const [what, row] of Object.entries(short.cells)) expect(row).toEqual(whole.cells[what]);
  });
});
