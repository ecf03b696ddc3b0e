/** A mock under the issuer's own name, through its TLS front: for programs that refresh where they always do, and for ours beside them. */

import { onTestFinished } from 'vitest';

import { startAuthorizationServer, startTlsFront } from '../../mocks/index.ts';
import type { AuthProfiles } from '../../src/store/profile-store.ts';
import { signIn } from '../mocks/client.ts';

export interface Rotation {
  /** What a program needs in its environment to meet the mock. */
  readonly environment: Readonly<Record<string, string>>;
  /** Tokens that were just granted, as OpenClaw stores them. */
  grant(provider: string): Promise<AuthProfiles>;
  /** What became of each presentation of a refresh token, in order, since the last question. */
  presentations(): readonly string[];
  label(secret: unknown): string | undefined;
}

/** Every refresh rotates at once, and is answered three seconds later: time enough to be in each other's way. */
export async function startRotation(): Promise<Rotation> {
  const server = await startAuthorizationServer({ issuer: 'https://auth.openai.com' });
  const front = await startTlsFront({ server });
  onTestFinished(async () => {
    await front.close();
    await server.close();
  });
  server.scenario('refresh-slow', { times: Number.POSITIVE_INFINITY });
  let seen = 0;
  return {
    environment: { ...front.environment, NODE_USE_ENV_PROXY: '1' },
    async grant(provider) {
      const direct = { ...server, issuer: `http://127.0.0.1:${server.port}`, clientId: server.clientId };
      const { access_token: access, refresh_token: refresh } = await signIn(direct);
      const id = `${provider}:robin@example.com`;
      const profile = { type: 'oauth', provider, access, refresh, expires: Date.now() + 3_600_000 };
      return {
        version: 1,
        profiles: { [id]: profile },
        order: { [provider]: [id] },
        lastGood: { [provider]: id },
      };
    },
    presentations() {
      const all = server.journal.entries.filter(({ grantType }) => grantType === 'refresh_token');
      const since = all.slice(seen).map(({ outcome }) => outcome);
      seen = all.length;
      return since;
    },
    label: (secret) => server.journal.label(String(secret)),
  };
}

/** The same with the end of every access token at this time. */
export function withExpiry(state: AuthProfiles, expires: number): AuthProfiles {
  const profiles = Object.fromEntries(
    Object.entries(state.profiles).map(([id, profile]) => [id, { ...profile, expires }]),
  );
  return { ...state, profiles };
}
