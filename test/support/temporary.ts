/** Directories and files that go when the test ends. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'codex-login-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }));
  return directory;
}

/** A store file with this content, alone in its directory. */
export function storeFile(content?: unknown): string {
  const path = join(temporaryDirectory(), 'auth-profiles.json');
  if (content !== undefined)
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2), {
      mode: 0o600,
    });
  return path;
}
