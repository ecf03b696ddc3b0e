/** OpenClaw's lock around a refresh, from 2026.4.2x on: one file a profile, for all agents of one state directory. It knows the path. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** What OpenClaw holds for abandoned, in milliseconds: its refresh may take two minutes. */
export const REFRESH_LOCK_STALE_MS = 180_000;

/** The path that is locked: the lock itself is `<path>.lock`. OpenClaw takes it before the store's. */
export function refreshLockTarget(stateDirectory: string, provider: string, profileId: string): string {
  const name = createHash('sha256').update(`${provider}\0${profileId}`, 'utf8').digest('hex');
  return join(stateDirectory, 'locks', 'oauth-refresh', `sha256-${name}`);
}
