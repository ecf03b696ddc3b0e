/** The lines that `token` and `logout` print with `--json`. It owns their shape. */

import type { ResultEnvelope } from './envelope.ts';

/** The line that `token --json` prints, and `token --format json`. */
export type TokenResult = ResultEnvelope & {
  /** The access token that was asked for: secret. */
  token: string;
  tokenType: 'Bearer';
  /** Milliseconds since the Unix epoch. */
  expires?: number | undefined;
  profileId: string;
  provider: string;
  accountId?: string | undefined;
  email?: string | undefined;
  /** Whether it was refreshed for this call. */
  refreshed: boolean;
};

/** The line that `logout --json` prints. */
export type LogoutLine = ResultEnvelope & {
  profileId: string;
  store: string;
  /** From profiles, order and lastGood, in one commit. */
  removed: true;
  /** The server that was asked; missing with `--local`. */
  issuer?: string | undefined;
  refreshToken: 'revoked' | 'failed' | 'skipped';
  accessToken: 'revoked' | 'failed' | 'skipped';
  /** Why one was not revoked. */
  reason?: string | undefined;
  /** What is left of the order. */
  order?: string[] | undefined;
  lastGood?: string | undefined;
  /** Every other agent that had something of its own to say about the provider. */
  agents?: { agent: string; store: string; failure?: string | undefined }[] | undefined;
  gateway?: 'absent' | 'reloaded' | 'stale' | undefined;
  hint?: string | undefined;
};
