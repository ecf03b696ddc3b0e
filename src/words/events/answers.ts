/**
 * What `status` and `order` print with `--json`, and the lines of a running mock. It owns their shape; the other commands have files of
 * their own beside it, and the events of a login are in `events`.
 */

import type { Envelope, ResultEnvelope } from './envelope.ts';

/** Who decides the order: the store, openclaw.json (two ways), or nobody. */
type OrderSource = 'store' | 'auth.order' | 'auth.profiles' | 'default';

/** A profile as `status` sees it. */
type StatusProfile = {
  profileId: string;
  stored: boolean;
  routable: boolean;
  /** Why it is not routable. */
  reason?: string | undefined;
  selected: boolean;
  /** `oauth`, `token` or `api_key`. */
  credential?: string | undefined;
  /** Milliseconds since the Unix epoch. */
  expires?: number | undefined;
  email?: string | undefined;
  plan?: string | undefined;
  /** Tried last until then: a cooldown, in milliseconds since the epoch. */
  unusableUntil?: number | undefined;
  /** The server's word that the login is over: sign in again. */
  dead?: string | undefined;
  /** With `--verify`: whether its server has just refreshed it. */
  verified?: boolean | 'unknown' | undefined;
  /** With `--verify`: why not. */
  verification?: string | undefined;
};

/** The line that `status --json` prints. */
export type StatusResult = ResultEnvelope & {
  provider: string;
  store: string;
  generation: string;
  orderSource: OrderSource;
  /** The ids that would be tried, in their sequence. */
  order: string[];
  /** The id tried first; missing: nothing is usable. */
  selected?: string | undefined;
  profiles: StatusProfile[];
};

/** The line that `order … --json` prints. */
export type OrderResult = ResultEnvelope & {
  provider: string;
  store: string;
  /** Whether the store has an order of its own. */
  stored: boolean;
  /** That order; without one, what would be tried. */
  order: string[];
  orderSource: OrderSource;
};

/** The mock listens. */
export type MockReady = Envelope & {
  type: 'ready';
  /** Where the mock authorization server listens: what `--issuer` takes. */
  issuer: string;
  clientId: string;
  /** With `--control-port`: where the server is controlled over HTTP. */
  controlUrl?: string | undefined;
  /** With `--tls-front`: the variables of a program that shall meet the mock under the real name. */
  environment?: Record<string, string> | undefined;
};

/** The mock's proxy was asked for a way. */
export type MockTunnel = Envelope & {
  type: 'tunnel';
  method: string;
  /** `name:port`, as the proxy was asked for it. */
  target: string;
  /** Of the proxy; 0 where it answers nothing. */
  status: number;
  /** `tunnel`, `refused: another name`, `connect-407`, `tls-unknown-ca`, … */
  outcome: string;
};

/** The mock was asked something. */
export type MockRequest = Envelope & {
  type: 'request';
  /** What it was for: `authorization`, `code-exchange`, `refresh`, `revocation`, … */
  kind: string;
  method: string;
  path: string;
  /** Of the answer; 0 where none is ever sent. */
  status: number;
  grantType?: string | undefined;
  /** Query or body; secrets as labels: `code#1`, `state#2`. */
  parameters: Record<string, string>;
  /** In a few words: `issued`, `invalid_grant: pkce`, … */
  outcome: string;
  /** Where it was refused: the rule that was kept, such as `R-7636-3`. */
  rule?: string | undefined;
  /** The same by the name that `--lenient` takes. */
  strictness?: string | undefined;
  /** The faults that it met. */
  scenarios?: string[] | undefined;
  /** What was issued to it, as labels. */
  issued?: string[] | undefined;
};

/** A line that `mock --json` prints. */
export type MockLine = MockReady | MockRequest | MockTunnel;
