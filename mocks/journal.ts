/**
 * What was asked of the mock and how it ended, with every secret replaced by a label: `code#1`, `refresh#2`.
 * It keeps the raw secrets apart, for tests that look for leaks; it decides nothing about a request.
 */

/** One request, recorded before its answer leaves. */
export interface JournalEntry {
  method: string;
  path: string;
  /** HTTP status; 0 where no answer is ever sent. */
  status: number;
  /** Milliseconds since the epoch, by the server's clock. */
  time: number;
  grantType?: string;
  /** Query or body; secrets as labels. */
  parameters: Record<string, string>;
  /** In a few words: `issued`, `invalid_grant: pkce`, … */
  outcome: string;
}

/** What a test may read. */
export interface Journal {
  /** Oldest first. */
  readonly entries: readonly JournalEntry[];
  /** Every raw secret ever seen or issued: codes, tokens, verifiers, states, nonces, device codes, form handles. */
  secrets(): readonly string[];
  /** The label of a raw secret, e.g. `access#1`; undefined for what the server never saw. */
  label(secret: string): string | undefined;
}

/** What the endpoints use on top. */
export interface JournalWriter extends Journal {
  record(entry: JournalEntry): void;
  /** Remembers a secret of this kind and returns its label; the same secret keeps the label it has. */
  note(kind: string, secret: string): string;
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
 * @param onRecord called with every entry, before the answer is sent
 */
export function createJournal(onRecord: (entry: JournalEntry) => void = () => undefined): JournalWriter {
  const entries: JournalEntry[] = [];
  const labels = new Map<string, string>();
  const counts = new Map<string, number>();

  function note(kind: string, secret: string): string {
    const known = labels.get(secret);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const label = `${kind}#${count}`;
    labels.set(secret, label);
    return label;
  }

  return {
    entries,
    secrets: () => [...labels.keys()],
    label: (secret) => labels.get(secret),
    note,
    record(entry) {
      entries.push(entry);
      onRecord(entry);
    },
    conceal(parameters) {
      const shown: Record<string, string> = {};
      for (const [name, value] of parameters) {
        const kind = KIND_BY_PARAMETER[name];
        const text = kind === undefined || value === '' ? (labels.get(value) ?? value) : note(kind, value);
        const earlier = shown[name];
        shown[name] = earlier === undefined ? text : `${earlier}, ${text}`;
      }
      return shown;
    },
  };
}
