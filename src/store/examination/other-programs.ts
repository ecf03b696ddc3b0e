/**
 * The files in which other programs keep credentials of the same accounts: Codex's and pi's. Read only, and what is taken out
 * of them is a hash: two programs with one refresh token end each other's sessions.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Finding, finding } from '../../words/findings.ts';
import type { Environment } from '../../words/ports.ts';
import type { AuthProfiles, StoredProfile } from '../profile-store.ts';
import { sameProvider } from '../provider-key.ts';

interface Holder {
  readonly program: string;
  readonly path: string;
  readonly signIn: string;
}

export function findSharedTokens(
  { profiles }: AuthProfiles,
  provider: string,
  places: { environment: Environment; homeDirectory: string },
): Finding[] {
  const held = new Map<string, Holder>();
  for (const holder of holdersIn(places))
    for (const hash of refreshTokensIn(holder.path)) held.set(hash, holder);
  return Object.entries<StoredProfile | null>(profiles).flatMap(([id, entry]) => {
    const refresh = entry?.refresh;
    const holder = typeof refresh === 'string' && refresh !== '' ? held.get(hashOf(refresh)) : undefined;
    if (holder === undefined || !sameProvider(entry?.provider, provider)) return [];
    return [
      finding('refresh-token-shared', {
        subject: id,
        message: `${holder.program} holds the same refresh token, in ${holder.path}.`,
        reason:
          'A refresh token works once: whichever program refreshes first ends the other (refresh_token_reused).',
        remedy: `sign in anew, so that each has its own: codex-login (or ${holder.signIn})`,
      }),
    ];
  });
}

function holdersIn({
  environment,
  homeDirectory,
}: {
  environment: Environment;
  homeDirectory: string;
}): Holder[] {
  const codexHome = environment.CODEX_HOME?.trim() || join(homeDirectory, '.codex');
  const piHome = environment.PI_CODING_AGENT_DIR?.trim() || join(homeDirectory, '.pi', 'agent');
  return [
    { program: 'Codex', path: join(codexHome, 'auth.json'), signIn: 'codex login' },
    { program: 'pi', path: join(piHome, 'auth.json'), signIn: 'pi, then /login' },
  ];
}

/** The hash of every string that stands under the name of a refresh token, at any depth. */
function refreshTokensIn(path: string): string[] {
  const found: string[] = [];
  const walk = (value: unknown, name: string) => {
    if (typeof value === 'string' && /^(?:refresh|refresh_token|refreshToken)$/.test(name))
      found.push(hashOf(value));
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, key);
  };
  try {
    walk(JSON.parse(readFileSync(path, 'utf8')), '');
  } catch {
    // No such program here, or nothing that can be read: then nothing is known to be shared.
  }
  return found;
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
