/**
 * What a login tells while it runs: the NDJSON of `--json` and the argument of `onEvent` are the same objects.
 * This file owns their shape; who shows them, and how, is the command line's business. `schemas/` says the same in zod, for the JSON
 * Schema that the package publishes, and the compiler holds the two against each other.
 */

import type { Hop } from './connection-error.ts';
import type { Envelope, ResultEnvelope, WithoutEnvelope } from './events/envelope.ts';

export type { MockLine, OrderResult, StatusResult } from './events/answers.ts';
export type { LogoutLine, TokenResult } from './events/credential.ts';
export type { SynchronizeEvent, SynchronizeEventBody, SynchronizeResultLine } from './events/synchronize.ts';

/** The sockets are bound: nothing was opened before this. */
type ListeningEvent = Envelope & {
  type: 'listening';
  redirectUri: string;
  addresses: { address: string; port: number }[];
  /** A port that was taken, or an address family that is missing. */
  note?: string | undefined;
};

/** The one event that carries `state` (inside the URL), because the person needs it to sign in. */
type AuthorizationUrlEvent = Envelope & {
  type: 'authorization_url';
  url: string;
  /** Loopback link that redirects to `url`, as often as it is opened while the login waits. */
  shortUrl?: string | undefined;
};

/** What was found on the way to the server, before a browser opens: a fault, or the proxy that is used. */
type NetworkEvent = Envelope & {
  type: 'network';
  /** False: see `summary`. */
  ok: boolean;
  /** The login ends with it, because it would certainly fail: its error follows. */
  final?: true | undefined;
  /** The proxy, and in brackets the variable that names it. */
  via?: string | undefined;
  /** Where the way ended. */
  hop?: Hop | undefined;
  /** What happened there. */
  summary?: string | undefined;
  /** What to do about it. */
  hint?: string | undefined;
};

/** Whether a browser was opened. */
type BrowserEvent = Envelope & {
  type: 'browser';
  opened: boolean;
  /** Why no browser was opened. */
  reason?: string | undefined;
};

/** The code that the person enters on another device (RFC 8628 §3.2). */
type DeviceCodeEvent = Envelope & {
  type: 'device_code';
  verificationUri: string;
  /** The same with the code filled in. */
  verificationUriComplete?: string | undefined;
  userCode: string;
  /** Seconds. */
  expiresIn: number;
};

/** The wait goes on; `reason` says that a stray or hostile request was turned away. */
type WaitingEvent = Envelope & {
  type: 'waiting';
  reason?: string | undefined;
  /** The pid of another sign-in whose events follow; null: it has gone, and this one goes on by itself. */
  following?: number | null | undefined;
};

/** The code was redeemed: the tokens are here, and not stored yet. */
type ExchangedEvent = Envelope & {
  type: 'exchanged';
  scope: string;
  /** When the access token expires, in milliseconds since the Unix epoch. */
  expires: number;
};

/** A store has the profile, its order and lastGood, in one commit. */
type CommittedEvent = Envelope & {
  type: 'committed';
  /** Another agent whose store follows this login; missing for the store of the login itself. */
  agent?: string | undefined;
  store: string;
  /** A to D: which layout of OpenClaw; `file` or `memory` for a store of the caller's own. */
  generation: string;
  profileId: string;
  order: string[];
  lastGood: string;
  /** Profiles of the same account that this login replaced. */
  retired?: string[] | undefined;
};

/** What became of a gateway that runs. */
type GatewayEvent = Envelope & {
  type: 'gateway';
  state: 'absent' | 'reloaded' | 'stale';
  hint?: string | undefined;
};

/** The last event of a login that ended well. */
type ResultEvent = ResultEnvelope & {
  profileId: string;
  accountId?: string | undefined;
  email?: string | undefined;
  plan?: string | undefined;
  /** When the access token expires, in milliseconds since the Unix epoch. */
  expires: number;
  store: string;
  order: string[];
  lastGood: string;
  /** Whether the stored profile would be used. */
  routable: boolean;
  /** Why the stored profile would not be used. */
  reason?: string | undefined;
  /** What to do about `reason`, or a thing worth knowing. */
  hint?: string | undefined;
  /** Every other agent that had something of its own to say about the provider. */
  agents?:
    | {
        agent: string;
        store: string;
        routable: boolean;
        reason?: string | undefined;
        hint?: string | undefined;
      }[]
    | undefined;
  gateway?: 'absent' | 'reloaded' | 'stale' | undefined;
};

/** The last event of a login that did not: the fields of its `LoginError`. */
type ErrorEvent = Envelope & {
  type: 'error';
  ok: false;
  /** `ERR_…`; docs/errors.md has a paragraph for each. */
  code: string;
  message: string;
  hint: string;
  exitCode: number;
};

/** One event of a login: discriminate on `type`; `codex-login/events.schema.json` has the same for other languages. No field holds a token. */
export type LoginEvent =
  | ListeningEvent
  | AuthorizationUrlEvent
  | NetworkEvent
  | BrowserEvent
  | DeviceCodeEvent
  | WaitingEvent
  | ExchangedEvent
  | CommittedEvent
  | GatewayEvent
  | ResultEvent
  | ErrorEvent;

/** An event as the stories make it: the envelope (`v`, `time`) is added where it is emitted. */
export type LoginEventBody = WithoutEnvelope<LoginEvent>;
