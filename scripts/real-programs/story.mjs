// One program's stories, in a process of its own: `story.mjs <title> <node> <directory> <story …>`. Each is a line of JSON on stdout.

import { programOf } from './programs.mjs';
import { STORIES } from './stories.mjs';

process.umask(0o022);
const [title, node, directory, ...names] = process.argv.slice(2);
const program = programOf(title, { node, directory });
for (const name of names) {
  let found;
  try {
    found = await STORIES[program.folder][name](program);
  } catch (error) {
    found = { failed: error.message, shown: error.shown };
  }
  process.stdout.write(`${JSON.stringify({ story: name, ...found })}\n`);
}
process.exit(0);
