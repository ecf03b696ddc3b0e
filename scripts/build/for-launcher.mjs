// What the launcher (bin/codex-login.cjs) loads. ASCII alone: a single other letter makes V8 keep two bytes for each one of the file,
// which costs every start a little. And what V8 has compiled of it is kept under the hash that it ends with, and so is of no other text.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

export function finishForLauncher(path) {
  const text = readFileSync(path, 'utf8').replace(/[^\0-\x7f]/g, escaped);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  writeFileSync(path, `${text}\n// ${hash}\n`);
}

/** Comments are gone, so that it stands in a string, a template or a pattern, where this says the same. */
function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
