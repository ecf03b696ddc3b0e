/** The lines of `doctor --json`: a finding each, then the result. It owns their shape; `findings` owns the names. */

import type { FindingId, Severity } from '../findings.ts';
import type { Envelope, ResultEnvelope } from './envelope.ts';

/** A line of `doctor --json`. */
export type FindingEvent = Envelope & {
  type: 'finding';
  id: FindingId;
  severity: Severity;
  /** What it is about: a profile's id, an agent, a file, a variable. */
  subject: string;
  /** What was found. */
  message: string;
  /** Why it matters. */
  reason: string;
  /** The next step. */
  remedy: string;
  /** Whether `doctor --fix` repairs it. */
  fixable: boolean;
  /** With `--fix`: it was found, and is gone now. */
  fixed?: true | undefined;
};

/** The last line of `doctor --json`. */
export type DoctorResult = ResultEnvelope & {
  provider: string;
  store: string;
  generation: string;
  /** No finding left that is more than worth knowing; false: exit status 9. */
  healthy: boolean;
  errors: number;
  warnings: number;
  infos: number;
  /** How many of those left `doctor --fix` repairs. */
  fixable: number;
  /** With `--fix`: how many were repaired. */
  fixed?: number | undefined;
  /** With `--fix`: where the bytes are that were there before. */
  backups?: { file: string; backup: string }[] | undefined;
  /** With `--dry-run`: what `--fix` would change, as a unified difference; secrets are masked. */
  changes?: { file: string; difference: string }[] | undefined;
  /** With `--fix`: what became of a gateway. */
  gateway?: 'absent' | 'reloaded' | 'stale' | undefined;
};
