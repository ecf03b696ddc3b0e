/** The lines that `sync` prints with `--json`, which are also the argument of `onEvent`. It owns their shape. */

import type { Envelope, ResultEnvelope, WithoutEnvelope } from './envelope.ts';

/** What this host's store holds now. */
type LocalCopy = {
  /** Its id in this host's store. */
  profileId: string;
  /** The shared store. */
  from: string;
  /** The store of this host. */
  store: string;
  generation: string;
  /** When the access token expires, in milliseconds since the Unix epoch; missing: it does not say. */
  expires?: number | undefined;
  /** Whether anything was written: false where it was there already. */
  changed: boolean;
  /** Whether this host refreshed it, in the shared store. */
  refreshed: boolean;
  order: string[];
  lastGood: string;
  routable: boolean;
  /** Why the stored profile would not be used. */
  reason?: string | undefined;
  /** What to do about `reason`, or about a gateway that is stale. */
  hint?: string | undefined;
  /** The other agents whose own store hid it. */
  agents?: { agent: string; store: string; failure?: string | undefined }[] | undefined;
  gateway?: 'absent' | 'reloaded' | 'stale' | undefined;
};

/** This host's store holds the access token that is in the shared one. */
type SynchronizedEvent = Envelope & { type: 'synchronized' } & LocalCopy;

/** It could not be had, or not be written: what this host has stays as it is, and it is tried again. */
type BehindEvent = Envelope & {
  type: 'behind';
  /** `ERR_…`; docs/errors.md has a paragraph for each. */
  code: string;
  message: string;
  hint: string;
  /** When the access token that this host has expires, in milliseconds since the Unix epoch; missing: none is known. */
  expires?: number | undefined;
  /** Whether that is over: OpenClaw passes it over then, and uses another provider without a word; missing: not known. */
  expired?: boolean | undefined;
};

/** One event of a running `sync`: discriminate on `type`. */
export type SynchronizeEvent = SynchronizedEvent | BehindEvent;

/** The same as the story makes it: the envelope (`v`, `time`) is added where it is emitted. */
export type SynchronizeEventBody = WithoutEnvelope<SynchronizeEvent>;

/** The line that `sync --once --json` ends with. */
export type SynchronizeResultLine = ResultEnvelope & LocalCopy;
