/**
 * Puts right what `file-findings` and `lock-findings` found: the mode, a lock that nobody holds, a text that is no store.
 * Every byte that goes is in a backup first.
 */

import { chmodSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';

import type { Finding } from '../../words/findings.ts';
import type { Clock } from '../../words/ports.ts';
import { formatJson } from '../parse.ts';
import type { AuthProfiles } from '../profile-store.ts';
import { replaceFile } from './atomic-write.ts';
import { backUp } from './backup.ts';
import { abandonedBeside, findInText } from './file-findings.ts';
import { type Backup, filesOf } from './repair-commit.ts';
import { lockPathOf, takeSidecarLock } from './sidecar-lock.ts';

export interface FileRepair {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Reads what is JSON only nearly. */
  parseLoosely(text: string): Promise<unknown>;
  /** Puts right what such a text says, so that it is written once. */
  mend(state: AuthProfiles): AuthProfiles;
}

/** @throws StoreError `ERR_STORE_LOCKED`; what the system refuses */
export async function repairFile(
  path: string,
  findings: readonly Finding[],
  { clock, signal, parseLoosely, mend }: FileRepair,
): Promise<Backup[]> {
  const backups: Backup[] = [];
  const found = new Set(findings.filter(({ fixable }) => fixable).map(({ id }) => id));
  const keep = (file: string) =>
    backups.push({ file, backup: backUp(file, readFileSync(file), clock.now()) });

  if (found.has('lock-directory')) rmdirSync(lockPathOf(path));
  if (found.has('directory-mode')) chmodSync(dirname(path), 0o700);
  if (found.has('file-mode')) chmodSync(path, 0o600);

  const noStore = ['store-empty', 'store-corrupt', 'store-byte-order-mark', 'store-not-plain-json'] as const;
  if (!found.has('lock-stale') && !found.has('leftovers') && !noStore.some((id) => found.has(id)))
    return backups;
  // Taking the lock takes a stale one over.
  const lock = await takeSidecarLock(path, { clock, signal });
  try {
    if (found.has('leftovers'))
      for (const file of abandonedBeside(path, clock.now())) {
        // The draft of a lock says who wanted it, and nothing else.
        if (!/\.lock\.(?:[0-9a-f-]{36}\.tmp|takeover)$/.test(basename(file))) keep(file);
        rmSync(file, { force: true });
      }
    for (const file of noStore.some((id) => found.has(id)) ? filesOf(path) : []) {
      const text = await findInText(file, parseLoosely);
      if (text === undefined) continue;
      keep(file);
      const replaced = replaceFile(
        file,
        formatJson(file === path ? mend(meantBy(text)) : (text.meant ?? { version: 1 })),
      );
      if (replaced.outcome === 'unconfirmed') throw replaced.error;
    }
  } finally {
    lock.release();
  }
  return backups;
}

/** What the text was meant to say; of one that says nothing, a store without profiles. */
export function meantBy({ meant }: { meant?: unknown }): AuthProfiles {
  const state = (meant ?? {}) as Partial<AuthProfiles>;
  return { ...(meant === undefined ? { version: 1 } : {}), ...state, profiles: state.profiles ?? {} };
}
