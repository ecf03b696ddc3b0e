/** A stored credential that has to be refreshed, and a token endpoint that answers as a test says. */

// What is loaded late is there: to load it takes turns of the event loop, in which a driven clock would go on.
import '../../src/credential/awaited-refresh.ts';

import { type CredentialOptions, requireCredential } from '../../src/require-credential.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import type { OAuthProfile, ProfileStore } from '../../src/store/profile-store.ts';
import type { Fetch } from '../../src/words/ports.ts';
import { createDrivenClock, type DrivenClock } from './driven-clock.ts';

export const profileId = 'openai-codex:me@example.com';
const ISSUER = 'https://auth.openai.com';
export const TEN_DAYS_MS = 864_000_000;

/** A JWT in shape only: nobody verifies an access token here. */
export function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.c2ln`;
}

/** The n-th access token of this person, ten days from `now`. */
export const accessToken = (n: number, now: number, more: object = {}) =>
  jwt({ iss: ISSUER, sub: 'user-1', n, iat: now / 1000, exp: (now + TEN_DAYS_MS) / 1000, ...more });

/** What a token endpoint that rotates answers. */
export const granted = (n: number, now: number, more: object = {}) => ({
  access_token: accessToken(n, now),
  refresh_token: `refresh-${n}`,
  expires_in: TEN_DAYS_MS / 1000,
  token_type: 'Bearer',
  ...more,
});

export const json = (status: number, body: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

export interface Sent {
  readonly refreshToken: string | null;
  readonly signal: AbortSignal | null | undefined;
  readonly url: string;
}

export interface Refreshing {
  readonly clock: DrivenClock;
  readonly store: ProfileStore;
  /** Every request, in order. */
  readonly sent: Sent[];
  readonly fetch: Fetch;
  ask(options?: CredentialOptions): ReturnType<typeof requireCredential>;
  profile(): Promise<OAuthProfile>;
  /** Changes the stored profile, as another program would. */
  change(fields: object): Promise<void>;
}

/**
 * @param answer what the n-th request, from 1, is answered with; rotates by default
 * @param fields of the stored profile; by default its access token expired a moment ago
 */
export async function refreshing(
  answer: (n: number, now: number) => Response | Promise<Response> = (n, now) =>
    json(200, granted(n + 1, now)),
  fields: object = {},
  store: ProfileStore | undefined = undefined,
): Promise<Refreshing> {
  const clock = createDrivenClock();
  const sent: Sent[] = [];
  const fetch = clock.watch(async (url, init) => {
    const body = new URLSearchParams(String(init?.body));
    sent.push({ refreshToken: body.get('refresh_token'), signal: init?.signal, url: String(url) });
    return answer(sent.length, clock.now());
  });
  const used = store ?? openMemoryStore({ clock });
  const change = (more: object) =>
    used.commit((state) => ({
      write: true,
      next: { ...state, profiles: { [profileId]: { ...state.profiles[profileId], ...more } } },
      result: undefined,
    }));
  await change({
    type: 'oauth',
    provider: 'openai-codex',
    access: accessToken(1, clock.now() - TEN_DAYS_MS),
    refresh: 'refresh-1',
    expires: clock.now() - 1,
    accountId: 'acc-1',
    ...fields,
  });
  return {
    clock,
    store: used,
    sent,
    fetch,
    ask: (options = {}) => requireCredential({ store: used, clock, fetch, ...options }),
    profile: async () => (await used.read()).state.profiles[profileId] as OAuthProfile,
    change,
  };
}
