/**
 * What the endpoints of one server share: its name, its people, its state. It holds it together and decides
 * nothing.
 */

import { randomBytes } from 'node:crypto';
import type { MockClock } from './clock.ts';
import type { Account } from './grants/accounts.ts';
import type { Approvals } from './grants/approvals.ts';
import type { Clients } from './grants/clients.ts';
import type { DeviceCodes } from './grants/device-codes.ts';
import type { Grants } from './grants/grants.ts';
import type { JournalWriter } from './journal/journal.ts';
import type { ServerProfile } from './profiles.ts';
import type { Faults } from './scenarios/faults.ts';
import type { HookContext } from './scenarios/scenario.ts';
import type { Strict } from './strictness/rules.ts';

export interface ServerContext {
  /** What the server calls itself; every URL and claim is built from it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clients: Clients;
  readonly profile: ServerProfile;
  readonly strict: Strict;
  readonly accounts: readonly Account[];
  readonly approve: 'auto' | 'page' | 'manual';
  readonly approvals: Approvals;
  readonly fixedPorts: boolean;
  readonly clock: MockClock;
  readonly journal: JournalWriter;
  readonly faults: Faults;
  readonly grants: Grants;
  readonly devices: DeviceCodes;
}

/** The part of it that a scenario's hooks may use. */
export function hookContextOf({ issuer, clientId, clock, journal, profile }: ServerContext): HookContext {
  return {
    issuer,
    clientId,
    profile,
    now: Math.floor(clock.now() / 1000),
    secret(kind) {
      const secret = newSecret();
      journal.note(kind, secret);
      return secret;
    },
  };
}

/** 256 bits that nobody guesses, 43 characters base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
