/**
 * Device codes: issued, polled for, answered by a person, used once, and too old after a quarter of an hour. It
 * decides what a poll has earned and notices who polls too fast; how that is worded is each endpoint's business.
 */

import { randomInt } from 'node:crypto';
import type { MockClock } from '../clock.ts';
import { newSecret } from '../context.ts';
import type { JournalWriter } from '../journal/journal.ts';
import type { Strict } from '../strictness/rules.ts';
import type { Account } from './accounts.ts';
import type { Authorization } from './family.ts';

/** OpenAI's own endpoints, or those of RFC 8628: a code of one is unknown to the other. */
export type DeviceProtocol = 'openai' | 'rfc8628';

/** What a scenario may put in the place of what a poll has earned. */
export type DeviceVerdict = 'pending' | 'slow_down' | 'denied' | 'expired';

export type Poll =
  | { readonly verdict: DeviceVerdict | 'unknown'; readonly detail: string; readonly forced?: true }
  | { readonly verdict: 'approved'; readonly authorization: Authorization };

export interface IssuedDeviceCode {
  /** Secret: `device_auth_id` or `device_code`. */
  readonly deviceCode: string;
  readonly userCode: string;
  readonly intervalSeconds: number;
  readonly lifetimeSeconds: number;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** What a person decided: who signs in, or that nobody does. */
export type Decision = { readonly account: Account } | 'denied';

export interface DeviceCodes {
  issue(protocol: DeviceProtocol, scope: string): IssuedDeviceCode;
  /**
   * One poll; approved at most once. One that comes sooner than the interval after the last one is told to slow
   * down, and the interval grows by five seconds (RFC 8628 §3.5).
   * @param forced what a scenario says in the place of what would be said
   */
  poll(
    protocol: DeviceProtocol,
    codes: { deviceCode: string; userCode?: string },
    forced?: DeviceVerdict,
  ): Poll;
  /**
   * Records what a person decided, whatever the case, blanks and dashes of the code.
   * @param again whether an answer that was given already may be replaced, as long as nobody has fetched it
   */
  decide(
    userCode: string,
    decision: Decision,
    again: boolean,
  ): 'decided' | 'unknown' | 'answered' | 'expired';
}

const LIFETIME_SECONDS = 15 * 60;
/** Timers end early and clocks are read late: this much is no haste. */
const GRANTED_MS = 50;
/** RFC 8628 §6.1: no vowels, so no words, and no letters that look like others. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

interface Entry extends IssuedDeviceCode {
  readonly protocol: DeviceProtocol;
  readonly scope: string;
  intervalMs: number;
  lastPoll: number;
  decision?: Decision | undefined;
  decidedAt: number;
  spent: boolean;
}

/**
 * No codes yet.
 * @param signsIn who approves every code at once; undefined where a person is asked
 * @param onIssue told of every code that waits for a person: how to answer it, and whether it still waits
 */
export function createDeviceCodes(
  clock: MockClock,
  journal: JournalWriter,
  {
    signsIn,
    intervalSeconds,
    strict,
    onIssue,
  }: {
    signsIn: Account | undefined;
    intervalSeconds: number;
    strict: Strict;
    onIssue: (
      code: { userCode: string; scope: string },
      settle: (decision: Decision) => void,
      isOpen: () => boolean,
    ) => void;
  },
): DeviceCodes {
  let entries: Entry[] = [];
  journal.onForget((secret) => {
    if (entries.some(({ deviceCode }) => deviceCode === secret))
      entries = entries.filter(({ deviceCode }) => deviceCode !== secret);
  });
  const seconds = (ms: number) => Math.floor(ms / 1000);

  function answer(entry: Entry, decision: Decision): void {
    entry.decision = decision;
    entry.decidedAt = clock.now();
  }

  return {
    issue(protocol, scope) {
      const deviceCode = newSecret();
      journal.issue('device-code', deviceCode, { account: signsIn });
      const now = clock.now();
      const entry: Entry = {
        protocol,
        scope,
        deviceCode,
        userCode: newUserCode(),
        intervalSeconds,
        lifetimeSeconds: LIFETIME_SECONDS,
        expires: now + LIFETIME_SECONDS * 1000,
        intervalMs: intervalSeconds * 1000,
        lastPoll: Number.NEGATIVE_INFINITY,
        decision: signsIn && { account: signsIn },
        decidedAt: now,
        spent: false,
      };
      entries.push(entry);
      if (signsIn === undefined)
        onIssue(
          entry,
          (decision) => answer(entry, decision),
          () => entry.decision === undefined && clock.now() < entry.expires,
        );
      return entry;
    },
    poll(protocol, { deviceCode, userCode }, forced) {
      const entry = entries.find(
        (one) =>
          one.protocol === protocol &&
          one.deviceCode === deviceCode &&
          (userCode === undefined || one.userCode === userCode),
      );
      if (entry === undefined || (entry.spent && strict('device-code-known')))
        return { verdict: 'unknown', detail: 'device code unknown' };
      const now = clock.now();
      const hasty = now - entry.lastPoll < entry.intervalMs - GRANTED_MS && strict('device-interval');
      entry.lastPoll = now;
      if (hasty || forced === 'slow_down') entry.intervalMs += 5000;
      if (hasty) return { verdict: 'slow_down', detail: 'polled too fast' };
      if (forced !== undefined) return { verdict: forced, detail: 'by scenario', forced: true };
      if (now >= entry.expires && strict('device-code-lifetime'))
        return { verdict: 'expired', detail: 'device code expired' };
      if (entry.decision === undefined) return { verdict: 'pending', detail: 'nobody has answered yet' };
      if (entry.decision === 'denied') return { verdict: 'denied', detail: 'the person said no' };
      entry.spent = true;
      const { account } = entry.decision;
      const authenticatedAt = seconds(entry.decidedAt);
      const from = journal.label(deviceCode) ?? '';
      journal.settle(from, 'spent');
      return { verdict: 'approved', authorization: { account, scope: entry.scope, authenticatedAt, from } };
    },
    decide(userCode, decision, again) {
      const entry = entries.find((one) => plain(one.userCode) === plain(userCode));
      if (entry === undefined) return 'unknown';
      if (entry.spent || (entry.decision !== undefined && !again)) return 'answered';
      if (clock.now() >= entry.expires) return 'expired';
      answer(entry, decision);
      return 'decided';
    },
  };
}

/** As OpenAI's look: `BCDF-GHJKL`. */
function newUserCode(): string {
  const letters = Array.from({ length: 9 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

function plain(userCode: string): string {
  return userCode.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
