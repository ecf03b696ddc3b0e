/**
 * The server that issued a stored credential: its refresh token goes there, to be renewed or revoked, and nowhere else. It decides
 * which server that is; what is asked of it, the stories decide.
 */

import { startDeadline } from './deadline.ts';
import { LoginError } from './errors.ts';
import { readUnverifiedClaims } from './oauth/claims.ts';
import { pinnedMetadata, type ServerMetadata } from './oauth/metadata.ts';
import type { Clock, Fetch } from './ports.ts';
import { openaiCodex } from './provider/openai-codex.ts';
import { overrideProvider } from './provider/overrides.ts';
import type { ProviderProfile } from './provider/provider.ts';
import { foreignText } from './redact.ts';
import type { StoredProfile } from './store/profile-store.ts';

/**
 * The provider profile to talk to about a credential: the one that was asked for, if it is the credential's own; without one, the
 * layout of `openaiCodex` at the issuer that the credential names.
 * @throws LoginError `ERR_USAGE` where the credential was issued by another server than the one that was asked for
 */
export function issuerOf(
  credential: StoredProfile,
  asked: ProviderProfile | undefined,
  profileId: string,
): ProviderProfile {
  const claims = readUnverifiedClaims(text(credential.access) ?? '') ?? {};
  const stored = text(credential.issuer);
  const issuer = stored ?? text(claims.iss);
  const clientId = text(credential.clientId) ?? text(claims.client_id);
  if (asked !== undefined) {
    if (issuer !== undefined && withoutSlash(issuer) !== withoutSlash(asked.issuer))
      throw foreignIssuer(profileId, issuer, asked);
    return asked;
  }
  const client = clientId === undefined ? {} : { clientId };
  if (issuer === undefined || withoutSlash(issuer) === openaiCodex.issuer)
    return { ...openaiCodex, ...client };
  // Only a login with discovery stores the issuer beside the tokens.
  return overrideProvider(openaiCodex, {
    issuer,
    clientId: clientId ?? openaiCodex.clientId,
    discover: stored !== undefined,
  });
}

function foreignIssuer(profileId: string, issuer: string, asked: ProviderProfile): LoginError {
  return new LoginError('ERR_USAGE', {
    summary: `"${foreignText(profileId, 80)}" was issued by ${foreignText(issuer, 120)}, and not by ${asked.issuer}: its tokens are sent to no other server.`,
    hint: 'Leave --issuer out, or name the one that issued it. Nothing was sent.',
  });
}

function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, '');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** How long a server's metadata may take, in milliseconds. */
const METADATA_MS = 30_000;

/** Where that server's endpoints are. @throws TokenError `ERR_DISCOVERY`, `ERR_NETWORK`, `ERR_TOKEN_TIMED_OUT` */
export async function metadataOf(
  provider: ProviderProfile,
  { fetch, clock, signal }: { fetch: Fetch; clock: Clock; signal: AbortSignal },
): Promise<ServerMetadata> {
  const pinned = pinnedMetadata(provider);
  if (pinned !== undefined) return pinned;
  const { discoverMetadata } = await import('./oauth/configuration.ts');
  const found = new AbortController();
  try {
    const deadline = startDeadline(clock, METADATA_MS, found.signal);
    return await discoverMetadata(provider, { fetch, signal, deadline });
  } finally {
    found.abort();
  }
}
