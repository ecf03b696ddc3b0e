/**
 * What was asked of the mock and how it ended, with every secret replaced by a label: `code#1`, `refresh#2`.
 * It keeps the raw secrets apart, for tests that look for leaks; which token came from which, `lineage` knows. It decides nothing
 * about a request.
 */

import type { ScenarioName } from '../scenarios/table.ts';
import type { Strictness } from '../strictness/rules.ts';
import { createLineage, type TokenOrigin, type TokenRecord, type TokenState } from './lineage.ts';
import { createNotices } from './notices.ts';

/** What a request was for, by its endpoint and its grant. */
export type ExchangeKind =
  | 'authorization'
  | 'decision'
  | 'code-exchange'
  | 'refresh'
  | 'device-exchange'
  | 'other-grant'
  | 'device-authorization'
  | 'device-poll'
  | 'device-page'
  | 'revocation'
  | 'userinfo'
  | 'discovery'
  | 'jwks'
  | 'other';

/** One request, recorded before its answer leaves. */
export interface JournalEntry {
  kind: ExchangeKind;
  method: string;
  path: string;
  /** HTTP status; 0 where no answer is ever sent. */
  status: number;
  /** Milliseconds since the epoch, by the server's clock. */
  time: number;
  grantType?: string;
  /** Query or body, and a bearer token as `authorization`; secrets as labels. */
  parameters: Record<string, string>;
  /** In a few words: `issued`, `invalid_grant: pkce`, … */
  outcome: string;
  /** Where the request was refused for what it is: the rule that was kept, e.g. `R-7636-3`. */
  rule?: string;
  /** The same, by the name that `lenient` takes, e.g. `pkce-s256`. */
  strictness?: Strictness;
  /** The faults that it met. */
  scenarios?: ScenarioName[];
  /** Labels of what was issued to it. */
  issued?: string[];
}

/** What a test may read. */
export interface Journal {
  /** Oldest first; the latest of them, where there were more than the server remembers. */
  readonly entries: readonly JournalEntry[];
  /** How many there were before these. */
  readonly forgotten: number;
  /** The first entry that matches, of those that are there or of those to come; it waits for ever. */
  until(matches: (entry: JournalEntry) => boolean): Promise<JournalEntry>;
  /** Everything that was ever issued, oldest first: where it came from, and where it was sent. */
  tokens(): readonly TokenRecord[];
  /**
   * The labels from what a person approved to this one: `['code#1', 'refresh#1', 'refresh#2']`.
   * @throws RangeError for a label that was never issued
   */
  lineageOf(label: string): readonly string[];
  /** Every raw secret ever seen or issued: codes, tokens, verifiers, states, nonces, device codes, form handles. */
  secrets(): readonly string[];
  /** The label of a raw secret, e.g. `access#1`; undefined for what the server never saw. */
  label(secret: string): string | undefined;
}

/** What the endpoints use on top. */
export interface JournalWriter extends Journal {
  /** Tells whoever keeps something by a secret that it is forgotten. */
  onForget(tell: (secret: string, label: string) => void): void;
  /** Records an entry, with the labels of what was issued since the last one. */
  record(entry: JournalEntry): void;
  /** Remembers a secret of this kind and returns its label; the same secret keeps the label it has. */
  note(kind: string, secret: string): string;
  /** The same for a secret that is issued now, with where it comes from. */
  issue(kind: string, secret: string, origin: TokenOrigin): string;
  /** What became of something issued. */
  settle(label: string, state: TokenState): void;
  /** Parameters as they may be shown: secret ones by their label, whether issued here or not. */
  conceal(parameters: Iterable<readonly [string, string]>): Record<string, string>;
}

const KIND_BY_PARAMETER: Readonly<Record<string, string>> = {
  code: 'code',
  code_verifier: 'verifier',
  state: 'state',
  nonce: 'nonce',
  access_token: 'access',
  refresh_token: 'refresh',
  id_token: 'id-token',
  id_token_hint: 'id-token',
  subject_token: 'id-token',
  token: 'token',
  device_code: 'device-code',
  device_auth_id: 'device-code',
  client_secret: 'client-secret',
  client_assertion: 'client-assertion',
  request_handle: 'handle',
};

/**
 * An empty journal.
 * @param now milliseconds since the epoch
 * @param onRecord called with every entry, before the answer is sent
 * @param remember how many entries are kept at least, with what they carried; a quarter more before the oldest go
 */
export function createJournal(
  now: () => number,
  onRecord: (entry: JournalEntry) => void = () => undefined,
  remember = Number.POSITIVE_INFINITY,
): JournalWriter {
  const entries: JournalEntry[] = [];
  /** By secret: its label, and the number of the last entry that it was seen in. */
  const labels = new Map<string, { readonly label: string; seen: number }>();
  const forgetful: ((secret: string, label: string) => void)[] = [];
  let forgotten = 0;
  const counts = new Map<string, number>();
  const notices = createNotices<JournalEntry>();
  const lineage = createLineage();
  let issued: string[] = [];

  function note(kind: string, secret: string): string {
    const seen = forgotten + entries.length;
    const known = labels.get(secret);
    if (known !== undefined) {
      known.seen = seen;
      return known.label;
    }
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const label = `${kind}#${count}`;
    labels.set(secret, { label, seen });
    return label;
  }

  function forget(): void {
    forgotten += entries.splice(0, entries.length - remember).length;
    for (const [secret, { label, seen }] of labels) {
      if (seen >= forgotten) continue;
      labels.delete(secret);
      lineage.forget(label);
      for (const tell of forgetful) tell(secret, label);
    }
  }

  return {
    entries,
    get forgotten() {
      return forgotten;
    },
    onForget: (tell) => void forgetful.push(tell),
    until: async (matches) => entries.find(matches) ?? notices.next(matches),
    tokens: lineage.tokens,
    lineageOf: lineage.lineageOf,
    secrets: () => [...labels.keys()],
    label: (secret) => labels.get(secret)?.label,
    note,
    issue(kind, secret, origin) {
      const label = note(kind, secret);
      lineage.add(label, origin, now());
      issued.push(label);
      return label;
    },
    settle: lineage.settle,
    record(entry) {
      const complete = issued.length === 0 ? entry : { ...entry, issued };
      issued = [];
      entries.push(complete);
      lineage.use(complete);
      onRecord(complete);
      notices.tell(complete);
      if (entries.length > remember * 1.25) forget();
    },
    conceal(parameters) {
      const shown: Record<string, string> = {};
      for (const [name, value] of parameters) {
        const kind = KIND_BY_PARAMETER[name];
        const text =
          kind === undefined || value === '' ? (labels.get(value)?.label ?? value) : note(kind, value);
        const earlier = shown[name];
        shown[name] = earlier === undefined ? text : `${earlier}, ${text}`;
      }
      return shown;
    },
  };
}
