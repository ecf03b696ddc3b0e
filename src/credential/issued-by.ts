/**
 * The server that issued a stored credential, and the client that it was issued to: its refresh token goes there, to be renewed or
 * revoked, and nowhere else. It decides what is stored of that, and which server it is; what is asked of it, the stories decide.
 */

import type { KnownClient } from '../oauth/authorization-request.ts';
import { readUnverifiedClaims } from '../oauth/claims.ts';
import { pinnedMetadata, type ServerMetadata } from '../oauth/metadata.ts';
import { openaiCodex } from '../provider/openai-codex.ts';
import { overrideProvider } from '../provider/overrides.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import { layoutOf, providerCalled } from '../provider/providers.ts';
import type { AuthProfiles, StoredProfile } from '../store/profile-store.ts';
import { sameProvider } from '../store/provider-key.ts';
import { startDeadline } from '../words/deadline.ts';
import { LoginError } from '../words/errors.ts';
import type { Clock, Fetch } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';

/**
 * What is stored beside the tokens, so that it is known later where the refresh token may go and whose it is: nothing, where the access
 * token alone leads back there. `layout` is the profile whose endpoints the server has; without one they are discovered.
 */
export function originOf(
  provider: ProviderProfile,
  { accessToken, clientId, hostId }: { accessToken: string; clientId: string; hostId?: string },
): Readonly<Record<string, string>> {
  if (leadsBackTo({ ...provider, clientId }, accessToken)) return {};
  const { issuer, endpoints } = provider;
  const layout = endpoints.kind === 'pinned' ? layoutOf(endpoints) : undefined;
  return {
    issuer,
    clientId,
    ...(layout === undefined ? {} : { layout }),
    ...(hostId === undefined ? {} : { hostId }),
  };
}

/** Whether the same server, as the same client, is what `issuerOf` finds with no more than the token. */
function leadsBackTo(provider: ProviderProfile, access: string): boolean {
  const told = ({ issuer, clientId, endpoints, resource }: ProviderProfile) =>
    JSON.stringify([issuer, clientId, endpoints, resource]);
  try {
    return told(issuerOf({ access }, undefined, '')) === told(provider);
  } catch {
    // What it calls its issuer is none.
    return false;
  }
}

/**
 * What a store says of clients that this server has issued: the name of this host, and the client of the profile that is signed in
 * again by its id. Another account is another client's.
 */
export function knownClient(
  state: AuthProfiles,
  { provider, profileId }: { provider: ProviderProfile; profileId: string | undefined },
): KnownClient {
  const isOwn = (stored: StoredProfile | undefined) =>
    sameProvider(stored?.provider, provider.id) && stored?.issuer === provider.issuer;
  const again = profileId === undefined ? undefined : state.profiles[profileId];
  const clientId = isOwn(again) ? text(again?.clientId) : undefined;
  const hosts = Object.values(state.profiles)
    .filter(isOwn)
    .map(({ hostId }) => text(hostId));
  const hostId = hosts.find((host) => host !== undefined);
  return { ...(clientId === undefined ? {} : { clientId }), ...(hostId === undefined ? {} : { hostId }) };
}

/**
 * The provider profile to talk to about a credential: the one that was asked for, if it is the credential's own; without one, the
 * layout that is stored with it, else that of `openaiCodex`, at the issuer that the credential names.
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
  const client = clientId === undefined ? {} : { clientId };
  if (asked !== undefined) {
    if (issuer !== undefined && withoutSlash(issuer) !== withoutSlash(asked.issuer))
      throw foreignIssuer(profileId, issuer, asked);
    return asked.issuedClient === undefined ? asked : { ...asked, ...client };
  }
  const layout = providerCalled(text(credential.layout) ?? '');
  // A store may have dropped what it does not know; the name of the provider stays.
  const named = stored === undefined ? providerCalled(text(credential.provider) ?? '') : undefined;
  const base = layout ?? named ?? openaiCodex;
  if (issuer === undefined || withoutSlash(issuer) === base.issuer) return { ...base, ...client };
  // Beside the tokens an issuer is stored without a layout only after a discovery.
  return overrideProvider(base, {
    issuer,
    clientId: clientId ?? base.clientId,
    discover: stored !== undefined && layout === undefined,
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
  const { discoverMetadata } = await import('../oauth/configuration.ts');
  const found = new AbortController();
  try {
    const deadline = startDeadline(clock, METADATA_MS, found.signal);
    return await discoverMetadata(provider, { fetch, signal, deadline });
  } finally {
    found.abort();
  }
}
