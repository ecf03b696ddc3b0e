/**
 * What a test may claim of a server's journal, as matchers in the form that vitest's and jest's `expect.extend` take. They read the
 * journal and hold no framework; `codex-login/testing/vitest` registers them.
 */

import type { ScenarioName } from '../scenarios/table.ts';
import type { Strictness } from '../strictness/rules.ts';
import type { Journal, JournalEntry } from './journal.ts';

/** What a matcher found. */
export interface MatcherResult {
  pass: boolean;
  message(): string;
}

/** A server, or anything else with its journal. */
export interface Watched {
  readonly journal: Journal;
}

/** The matchers, as a test calls them on `expect(server)`. */
export interface MockMatchers<Result = void> {
  /** A code (or device code) was exchanged, in one request and with success, and no other exchange was tried. */
  toHaveExchangedOnce(): Result;
  /** A refresh token was rotated: at least once, or so many times. */
  toHaveRotated(times?: number): Result;
  /** A token was revoked: any, or the one of this label. */
  toHaveRevoked(label?: string): Result;
  /** A request was refused for what it is, by any rule. A fault by name is none. */
  toHaveRefused(): Result;
  /** The same by this rule: its number (`R-7636-3`) or the name of the strictness (`pkce-s256`). */
  toHaveRefusedBy(rule: Strictness | (string & {})): Result;
  /** A request carried what has this label (`refresh#2`): at least once, or so many times. */
  toHaveSeen(label: string, times?: number): Result;
  /** No request carried it. */
  toHaveNeverSeen(label: string): Result;
  /** Tokens were issued to this account: its e-mail, `accountId` or `userId`; or to any. */
  toHaveSignedIn(account?: string): Result;
  /** What has this label came about in these steps: `'refresh#2', ['code#1', 'refresh#1', 'refresh#2']`. */
  toHaveLineage(label: string, lineage: readonly string[]): Result;
  /** A request met this fault. */
  toHaveMet(scenario: ScenarioName): Result;
}

type Matchers = {
  readonly [Name in keyof MockMatchers]: (
    received: Watched,
    ...expected: Parameters<MockMatchers[Name]>
  ) => MatcherResult;
};

/** For `expect.extend`. */
export const matchers: Matchers = {
  toHaveExchangedOnce({ journal }) {
    const tries = journal.entries.filter(
      ({ kind, outcome }) =>
        kind === 'code-exchange' || (kind === 'device-exchange' && !STILL_WAITING.test(outcome)),
    );
    const good = tries.filter(gaveTokens);
    return result(
      tries.length === 1 && good.length === 1,
      journal,
      (not) =>
        `expected ${not}exactly one exchange, and tokens for it; there were ${tries.length}, ${good.length} of them with tokens`,
    );
  },
  toHaveRotated({ journal }, times) {
    const count = journal.entries.filter(
      (entry) => entry.kind === 'refresh' && gaveRefreshToken(entry),
    ).length;
    return counted(journal, count, times, 'rotation of a refresh token');
  },
  toHaveRevoked({ journal }, label) {
    const revoked = journal.entries.filter(
      ({ kind, outcome, parameters }) =>
        kind === 'revocation' && outcome === 'revoked' && (label ?? parameters.token) === parameters.token,
    );
    return result(revoked.length > 0, journal, (not) => `expected ${label ?? 'a token'} ${not}to be revoked`);
  },
  toHaveRefused({ journal }) {
    const refused = journal.entries.filter(({ rule }) => rule !== undefined);
    return result(
      refused.length > 0,
      journal,
      (not) => `expected a request ${not}to be refused; refused were ${listOf(refused)}`,
    );
  },
  toHaveRefusedBy({ journal }, rule) {
    const refused = journal.entries.filter((entry) => entry.rule !== undefined);
    const pass = refused.some((entry) => entry.rule === rule || entry.strictness === rule);
    return result(
      pass,
      journal,
      (not) => `expected a request ${not}to be refused by ${rule}; refused were ${listOf(refused)}`,
    );
  },
  toHaveSeen({ journal }, label, times) {
    return counted(journal, timesSeen(journal, label), times, `request with ${label}`);
  },
  toHaveNeverSeen({ journal }, label) {
    const count = timesSeen(journal, label);
    return result(
      count === 0,
      journal,
      (not) => `expected ${label} ${not}never to be sent; it was, ${count} times`,
    );
  },
  toHaveSignedIn({ journal }, account) {
    const people = journal
      .tokens()
      .filter(({ label }) => label.startsWith('access#'))
      .map((token) => token.account);
    const pass = people.some(
      (one) => account === undefined || [one?.email, one?.accountId, one?.userId].includes(account),
    );
    return result(pass, journal, (not) => `expected ${account ?? 'somebody'} ${not}to have signed in`);
  },
  toHaveLineage({ journal }, label, expected) {
    const found = journal.tokens().some((token) => token.label === label) ? journal.lineageOf(label) : [];
    return result(
      found.join() === expected.join(),
      journal,
      (not) =>
        `expected ${label} ${not}to come from ${expected.join(' → ')}; it comes from ${found.join(' → ') || 'nothing'}`,
    );
  },
  toHaveMet({ journal }, scenario) {
    const pass = journal.entries.some(({ scenarios }) => scenarios?.includes(scenario));
    return result(pass, journal, (not) => `expected a request ${not}to meet ${scenario}`);
  },
};

/** A poll that found nobody's answer is no exchange. */
const STILL_WAITING = /^(?:authorization_pending|slow_down)/;

const gaveTokens = ({ issued = [] }: JournalEntry) => issued.some((label) => label.startsWith('access#'));
const gaveRefreshToken = ({ issued = [] }: JournalEntry) =>
  issued.some((label) => label.startsWith('refresh#'));

function timesSeen(journal: Journal, label: string): number {
  return journal.entries.filter(({ parameters }) =>
    Object.values(parameters).some((text) => text.split(/[ ,]+/).includes(label)),
  ).length;
}

function counted(journal: Journal, count: number, times: number | undefined, what: string): MatcherResult {
  return result(
    times === undefined ? count > 0 : count === times,
    journal,
    (not) => `expected ${not}${times ?? 'at least one'} ${what}; there were ${count}`,
  );
}

const listOf = (refused: readonly JournalEntry[]) =>
  refused.length === 0 ? 'none' : refused.map(({ rule, strictness }) => `${strictness} (${rule})`).join(', ');

/** The message ends with the journal, since that is where to look. */
function result(pass: boolean, journal: Journal, say: (not: string) => string): MatcherResult {
  return { pass, message: () => `${say(pass ? 'not ' : '')}\n\n${journalText(journal)}` };
}

function journalText({ entries }: Journal): string {
  if (entries.length === 0) return 'The server was asked nothing.';
  return entries
    .map(({ method, path, status, outcome, rule }) =>
      [`${method} ${path} → ${status} ${outcome}`, ...(rule === undefined ? [] : [`[${rule}]`])].join(' '),
    )
    .join('\n');
}
