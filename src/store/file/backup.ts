/** A copy of what is about to change, durable before anything changes: mode 0600, and never over another file. */

import { closeSync, fchmodSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { EpochMs } from '../../words/ports.ts';

/**
 * Writes `content` to `<path>.<time>.bak` beside `path`; where that exists, with a number.
 * @returns the file that was made
 */
export function backUp(path: string, content: string | Uint8Array, now: EpochMs): string {
  const time = new Date(now).toISOString().replace(/[:.]/g, '-');
  for (let number = 1; ; number += 1) {
    const backup = `${path}.${time}${number === 1 ? '' : `-${number}`}.bak`;
    const descriptor = create(backup);
    if (descriptor === undefined) continue;
    try {
      fchmodSync(descriptor, 0o600);
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    synchronize(dirname(backup));
    return backup;
  }
}

function create(path: string): number | undefined {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  }
}

/** Makes the name durable; not every system lets a directory be synchronized. */
function synchronize(directory: string): void {
  try {
    const descriptor = openSync(directory, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The bytes are on the disk; the rename that follows synchronizes the directory as well.
  }
}
