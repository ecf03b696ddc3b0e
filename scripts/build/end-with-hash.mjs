// What V8 has compiled of a file is kept under the hash that the file ends with, and so is of no other text (bin/codex-login.cjs).

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

export function endWithHash(path) {
  const text = readFileSync(path, 'utf8');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  writeFileSync(path, `${text}\n// ${hash}\n`);
}
