// One column, in a process of its own: `column.mjs <title> <node> <directory> [row …]`. Each cell is a line of JSON on stdout.

import { programOf } from '../real-programs/programs.mjs';
import { ROWS } from './rows.mjs';

process.umask(0o022);
const [title, node, directory, ...only] = process.argv.slice(2);
const program = programOf(title, { node, directory });
for (const row of ROWS) {
  if (only.length > 0 && !only.includes(row.id)) continue;
  const started = performance.now();
  let found;
  try {
    found = await row.run(program);
  } catch (error) {
    found = { cell: `not run: ${error.message}`, shown: error.shown };
  }
  const tookSeconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(`${JSON.stringify({ row: row.id, title, tookSeconds, ...found })}\n`);
}
process.exit(0);
