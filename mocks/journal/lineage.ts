/**
 * Which token came from which, what became of it, and where it was sent; labels only, never a secret. It records and decides
 * nothing: whether a token is good is `grants`'s business.
 */

import type { Account } from '../grants/accounts.ts';
import type { ExchangeKind, JournalEntry } from './journal.ts';

/** `live`: it would be taken; `spent`: used up or rotated away; `revoked`: with its family. */
export type TokenState = 'live' | 'spent' | 'revoked';

/** Where something issued comes from. */
export interface TokenOrigin {
  /** Label of what it was given for; absent where a person gave it: an authorization code, a device code. */
  readonly from?: string | undefined;
  /** Who signed in; absent for a device code that nobody has answered. */
  readonly account?: Account | undefined;
}

/** One request that carried it. */
export interface TokenUse {
  readonly kind: ExchangeKind;
  readonly path: string;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly time: number;
  readonly status: number;
  readonly outcome: string;
  /** The rule by which it was refused. */
  readonly rule?: string;
}

/** Something that was issued. */
export interface TokenRecord {
  /** `code#1`, `device-code#1`, `access#1`, `refresh#1`, `id-token#1`. */
  readonly label: string;
  readonly from?: string;
  readonly account?: Account;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly issuedAt: number;
  readonly state: TokenState;
  /** Oldest first. */
  readonly uses: readonly TokenUse[];
}

export interface Lineage {
  tokens(): readonly TokenRecord[];
  /** @throws RangeError for a label that was never issued */
  lineageOf(label: string): readonly string[];
  add(label: string, origin: TokenOrigin, now: number): void;
  settle(label: string, state: TokenState): void;
  forget(label: string): void;
  /** Takes note of what a request carried. */
  use(entry: JournalEntry): void;
}

type Kept = Omit<TokenRecord, 'state' | 'uses'> & { state: TokenState; uses: TokenUse[] };

/** A token may be in use for weeks. */
const MOST_USES = 10_000;

/** Nothing issued yet. */
export function createLineage(): Lineage {
  const tokens = new Map<string, Kept>();

  function lineageOf(label: string): string[] {
    const token = tokens.get(label);
    if (token === undefined) throw new RangeError(`${label} was never issued here.`);
    const from = token.from !== undefined && tokens.has(token.from) ? lineageOf(token.from) : [];
    return [...from, label];
  }

  return {
    tokens: () => [...tokens.values()],
    lineageOf,
    add(label, { from, account }, issuedAt) {
      const known = from !== undefined && tokens.has(from);
      tokens.set(label, {
        label,
        ...(known ? { from } : {}),
        ...(account === undefined ? {} : { account }),
        issuedAt,
        state: 'live',
        uses: [],
      });
    },
    settle(label, state) {
      const token = tokens.get(label);
      // What is revoked stays revoked.
      if (token !== undefined && token.state !== 'revoked') token.state = state;
    },
    forget: (label) => void tokens.delete(label),
    use({ kind, path, time, status, outcome, rule, parameters }) {
      const use = { kind, path, time, status, outcome, ...(rule === undefined ? {} : { rule }) };
      for (const label of labelsIn(parameters)) {
        const uses = tokens.get(label)?.uses;
        uses?.push(use);
        if (uses !== undefined && uses.length > MOST_USES) uses.splice(0, MOST_USES / 2);
      }
    },
  };
}

/** The labels that a request's parameters show, each once. */
export function labelsIn(parameters: Readonly<Record<string, string>>): readonly string[] {
  return [...new Set(Object.values(parameters).flatMap((text) => text.match(/[a-z-]+#\d+/g) ?? []))];
}
