/**
 * The interface every credential store keeps, and the shape of what it keeps.
 * It decides nothing about where or how; `file-store` and `memory-store` do.
 */

import type { EpochMs } from '../words/ports.ts';

/** Somebody presents this credential's refresh token, which works once (docs/refresh.md). */
export interface RefreshClaim {
  /** Of this claim alone. */
  id: string;
  /** Who, and since when: for a person to read. */
  by: string;
  /** Until then nobody else presents it, by the store's clock. */
  until: EpochMs;
  /** How many presentations of this token were begun, this one included. */
  attempt: number;
}

/** The server has refused the refresh token for good. */
export interface DeadMark {
  /** The server's word, e.g. `invalid_grant`. */
  code: string;
  at: EpochMs;
  /** A hash of the refresh token that it is about; missing: of the one that is stored. */
  of?: string;
}

/** An OAuth credential as OpenClaw stores it. Unknown fields survive every commit. */
export interface OAuthProfile {
  type: 'oauth';
  provider: string;
  /** Access token. */
  access: string;
  /** Refresh token, single-use. */
  refresh: string;
  /** When the access token expires, in **milliseconds** since the epoch (seconds would read as long expired). */
  expires: EpochMs;
  email?: string;
  accountId?: string;
  displayName?: string;
  claim?: RefreshClaim;
  /** How often the tokens were replaced by a refresh, or by a login after one. */
  gen?: number;
  dead?: DeadMark;
  [unknown: string]: unknown;
}

/** An access token that nobody here refreshes, as OpenClaw stores one: what `sync` keeps in a host's own store. */
export interface TokenProfile {
  type: 'token';
  provider: string;
  /** Access token. */
  token: string;
  /** From then on OpenClaw passes it over; missing: never. */
  expires?: EpochMs;
  email?: string;
  accountId?: string;
  [unknown: string]: unknown;
}

/** Any profile: an OAuth credential, an API key, a static token, or something newer. */
export interface StoredProfile {
  type?: string;
  provider?: string;
  [unknown: string]: unknown;
}

/** Per profile: when it was used, and until when OpenClaw leaves it alone (all times are `EpochMs`). */
export interface UsageStats {
  lastUsed?: number;
  cooldownUntil?: number;
  cooldownReason?: string;
  disabledUntil?: number;
  disabledReason?: string;
  errorCount?: number;
  failureCounts?: Record<string, number>;
  lastFailureAt?: number;
  [unknown: string]: unknown;
}

/** The content of `auth-profiles.json`. */
export interface AuthProfiles {
  version?: number;
  profiles: Record<string, StoredProfile>;
  /** Provider → profile ids. An allow-list: an id that is not in it is never tried. */
  order?: Record<string, string[]>;
  /** Provider → the profile id that worked last. */
  lastGood?: Record<string, string>;
  usageStats?: Record<string, UsageStats>;
  [unknown: string]: unknown;
}

/** What a store says of itself; safe to print. */
export interface StoreInfo {
  /** `file`, `memory`, … */
  kind: string;
  /** A person's word for where it is: a path, or a URL without its password. */
  location: string;
  /** Which layout of OpenClaw this is (A to D), or the kind where it is not OpenClaw's. */
  generation: string;
  scope: 'process' | 'host' | 'network';
  /** Whether an acknowledged commit survives a loss of power. */
  durable: boolean;
  /** Whoever opened it may use what is stored, and change nothing: it is shared, and somebody else refreshes. */
  readOnly?: boolean;
}

/** What a commit's function decides: a whole new state, or none. `result` goes to the caller of `commit`. */
export type CommitDecision<T> = { write: true; next: AuthProfiles; result: T } | { write: false; result: T };

/** What a commit may be told beside its function. */
export interface CommitOptions {
  /** Stops the wait for the lock; a commit that has begun is finished. */
  signal?: AbortSignal | undefined;
  /** Hears, once, that somebody else holds the lock for longer than a moment. */
  onWaiting?: ((reason: string) => void) | undefined;
  /**
   * The one profile that `fn` looks at and changes, which is there: a store of very many gives it no other, and compares and swaps
   * that one alone. `fn` neither adds nor removes a profile then, and leaves order, lastGood and the rest as they are.
   */
  profileId?: string | undefined;
  /**
   * Runs after the new state is stored, while nobody else can commit; its failure is the caller's own business. On a network it
   * runs after the acknowledgement, and keeps nobody out: no OpenClaw reads from there.
   */
  whileLocked?: (() => Promise<void>) | undefined;
}

/** How `exclusively` waits. */
export interface ExclusionOptions {
  /** Stops the wait for whoever is at it now. */
  signal?: AbortSignal | undefined;
  onWaiting?: ((reason: string) => void) | undefined;
}

/** A credential store. One conformance suite holds every implementation to this contract. */
export interface ProfileStore {
  readonly info: StoreInfo;
  /**
   * The newest committed state, never half a commit; `now` is by the store's clock where it has one. Whoever asks for one profile
   * may be given that one alone, without order, lastGood and the rest.
   */
  read(only?: {
    readonly profileId?: string | undefined;
  }): Promise<{ state: AuthProfiles; version: string; now: EpochMs }>;
  /**
   * Runs `fn` on the newest state while nobody else can commit, and stores what it returns: all of it or nothing.
   * Resolves only after the durable acknowledgement. `fn` is pure and may run again.
   * @throws StoreError `ERR_STORE_CORRUPT`, `ERR_STORE_LOCKED`, `ERR_STORE_GENERATION`, `ERR_STORE_IO`: the old state
   * stands, unless `outcome` is `unknown`: then run it again, `fn` recognising its own effect.
   */
  commit<T>(
    fn: (state: AuthProfiles, context: { now: EpochMs }) => CommitDecision<T>,
    options?: CommitOptions,
  ): Promise<T>;
  /**
   * Throws what a commit would throw here, as far as that can be told without writing anything: before somebody is asked to
   * sign in for nothing. Optional: a store that cannot tell has none.
   */
  probe?(): Promise<void>;
  /**
   * Runs `use` while programs that know nothing of claims are kept from refreshing this profile, by their own locks: OpenClaw, on its
   * files. Among ourselves the claim alone decides. `use` commits to the store that it is given, and not to this one. Whoever uses
   * it for longer than 90 s goes on without them. Optional: a store that nobody else refreshes from has none.
   * @throws StoreError `ERR_STORE_LOCKED` before `use` was begun
   */
  exclusively?<T>(
    profile: { readonly provider: string; readonly profileId: string },
    use: (store: Pick<ProfileStore, 'commit'>) => Promise<T>,
    options?: ExclusionOptions,
  ): Promise<T>;
  close(): Promise<void>;
}
