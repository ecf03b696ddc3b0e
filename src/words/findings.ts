/**
 * What `doctor` can find: every finding's stable name and how much it matters, and the shape they all have.
 * It decides nothing about when something is found; each room does. `docs/doctor.md` has a line for each name.
 */

import { foreignText } from './redact.ts';

/** `error`: it does not work. `warning`: it will not, or somebody else can read it. `info`: worth knowing, nothing is wrong. */
export type Severity = 'error' | 'warning' | 'info';

/** Finding → how much it usually matters. Names are never used again for something else. */
export const FINDINGS = {
  // The store's content.
  'nothing-stored': 'error',
  'profile-unreadable': 'warning',
  'field-names': 'error',
  'type-unreadable': 'error',
  'provider-missing': 'error',
  'provider-other-name': 'info',
  'account-missing': 'warning',
  'expires-in-seconds': 'error',
  'expires-unreadable': 'warning',
  'credential-missing': 'error',
  'expired-without-refresh': 'error',
  'refresh-missing': 'warning',
  'token-expired': 'error',
  'login-ended': 'error',
  'token-characters': 'info',
  twin: 'warning',
  'in-cooldown': 'warning',
  disabled: 'warning',
  'order-unreadable': 'warning',
  'order-names-nothing': 'error',
  'order-dangling': 'warning',
  'order-shuts-out': 'error',
  'order-leaves-out': 'info',
  'latest-login-not-first': 'info',
  'last-good-missing': 'info',
  'last-good-dangling': 'warning',
  'last-good-stale': 'warning',
  // What openclaw.json says.
  'configured-order-shuts-out': 'error',
  'configured-profiles-shut-out': 'error',
  'configured-mode': 'error',
  'configured-provider': 'error',
  'configuration-unreadable': 'error',
  'default-model': 'info',
  // Other agents and other programs.
  'agent-shadows-main': 'warning',
  'agent-unreadable': 'warning',
  'refresh-token-shared': 'error',
  // The file.
  'store-corrupt': 'error',
  'store-empty': 'error',
  'store-byte-order-mark': 'error',
  'store-not-plain-json': 'error',
  'store-unreadable': 'error',
  'file-mode': 'warning',
  'file-owner': 'warning',
  'directory-mode': 'warning',
  symlink: 'info',
  'symlink-dangling': 'error',
  leftovers: 'info',
  'lock-held': 'info',
  'lock-stale': 'warning',
  'lock-directory': 'error',
  // A store in PostgreSQL.
  'store-fsync-off': 'error',
  'store-torn-pages': 'error',
  'store-asynchronous-commit': 'error',
  'store-asynchronous-standby': 'warning',
  'store-standby': 'error',
  'store-schema': 'error',
  'store-roles-missing': 'warning',
  'store-grant-missing': 'error',
  'store-reader-writes': 'warning',
  'store-owner-used': 'info',
  'store-tls-unverified': 'warning',
  'store-pooler': 'info',
  'store-keys-missing': 'error',
  'store-record-unopened': 'error',
  'store-older-keys': 'info',
  'store-key-unused': 'info',
  'move-unfinished': 'warning',
  // OpenClaw's layout, and its gateway.
  generation: 'error',
  'file-beside-database': 'error',
  'gateway-running': 'info',
  'gateway-stale': 'warning',
  // The way to the authorization server.
  'issuer-unreachable': 'warning',
  'issuer-refuses': 'warning',
  'clock-skew': 'warning',
  'ca-file-missing': 'warning',
  'tls-unverified': 'warning',
} as const satisfies Record<string, Severity>;

/** The stable name of a finding; docs/doctor.md has a row for each. */
export type FindingId = keyof typeof FINDINGS;

/** One finding. No field ever holds a secret. */
export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  /** What it is about: a profile's id, an agent, a file, a variable. */
  readonly subject: string;
  /** What was found, in a sentence. */
  readonly message: string;
  /** Why it matters, in a sentence. */
  readonly reason: string;
  /** The next step: a command, or what to do by hand. */
  readonly remedy: string;
  /** Whether `codex-login doctor --fix` repairs it. */
  readonly fixable: boolean;
}

/** What `--fix` can repair says so. */
export const FIX = 'codex-login doctor --fix';

export type FindingDetails = Pick<Finding, 'subject' | 'message' | 'reason'> &
  Partial<Pick<Finding, 'remedy' | 'fixable' | 'severity'>>;

/** Paths, and ids that a store names, are of any length. */
const LONGEST_TEXT = 1000;

/** A finding; what it says is safe to print, whatever a store put into it. Its severity is that of the table, and its remedy `--fix` where it can be fixed, unless they are given. */
export function finding(id: FindingId, details: FindingDetails): Finding {
  const { subject, message, reason, fixable = false } = details;
  const { severity = FINDINGS[id], remedy = fixable ? `${FIX}` : 'codex-login' } = details;
  const said = { subject, message, reason, remedy };
  const safe = Object.entries(said).map(([name, text]) => [name, foreignText(text, LONGEST_TEXT)]);
  return { id, severity, ...(Object.fromEntries(safe) as typeof said), fixable };
}

/** Whether any of them is more than worth knowing: exit status 9. */
export function matters(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity !== 'info');
}
