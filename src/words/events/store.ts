/** The line that `store init`, `store migrate`, `store doctor` and `store move` print with `--json`. It owns its shape. */

import type { ResultEnvelope } from './envelope.ts';

/** The line that `store … --json` prints. */
export type StoreResult = ResultEnvelope & {
  action: 'init' | 'migrate' | 'doctor' | 'move';
  store: string;
  /** The version of the tables before; 0: there were none. */
  from?: number | undefined;
  /** The version of the tables now. */
  to?: number | undefined;
  /** Whether owner, writer and reader are there; false: this user may make no roles. */
  roles?: boolean | undefined;
  /** The file that a key ring was made in, or changed. */
  keys?: string | undefined;
  /** Of a rotation: the newer keys open what is sealed under them, or are the ones that seal. */
  step?: 'added' | 'first' | undefined;
  /** How many records were sealed under an older key. */
  resealed?: number | undefined;
  /** With `doctor`: the version of PostgreSQL. */
  server?: string | undefined;
  /** With `doctor`: nothing was found that is more than worth knowing. */
  healthy?: boolean | undefined;
  errors?: number | undefined;
  warnings?: number | undefined;
  infos?: number | undefined;
  /** The profiles that are in the other store now, and in the first no more. */
  moved?: { profileId: string; from: string; to: string }[] | undefined;
  /** With `move`: what is true of the gateway that runs by OpenClaw's store. */
  gateway?: 'absent' | 'reloaded' | 'stale' | undefined;
};
