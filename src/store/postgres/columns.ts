/**
 * A profile ⇄ what of it stands in columns of its own, which secrets are sealed apart, and the rest. Whatever does not fit its column
 * stays in the rest, as it is: so every field survives, known or not. Pure; it seals nothing.
 */

import type { StoredProfile } from '../profile-store.ts';
import { isClaim, isCount, isDeadMark, isMoving, isText, isTime } from './fits.ts';

export type Scalar = string | number | Date | null;

/** Column → value, of those that are no secret. */
export type Columns = Readonly<Record<ScalarColumn, Scalar>>;

export interface Parts {
  readonly columns: Columns;
  /** Secret. */
  readonly refresh: string | undefined;
  /** Whether it may be presented: not while it is on its way to another store. */
  readonly isLive: boolean;
  /** Secret: the access token, and all that has no column. JSON text. */
  readonly rest: string;
}

const SCALARS = [
  'type',
  'provider',
  'account_id',
  'email',
  'gen',
  'expires_at',
  'dead_code',
  'dead_at',
  'dead_of',
  'claim_id',
  'claim_by',
  'claim_until',
  'claim_attempt',
] as const;
export type ScalarColumn = (typeof SCALARS)[number];

const EMPTY = Object.fromEntries(SCALARS.map((name) => [name, null])) as Columns;

export function partsOf(profile: unknown): Parts {
  if (typeof profile !== 'object' || profile === null || Array.isArray(profile))
    return { columns: EMPTY, refresh: undefined, isLive: false, rest: JSON.stringify({ value: profile }) };
  const rest: Record<string, unknown> = { ...profile };
  const columns: Record<ScalarColumn, Scalar> = { ...EMPTY };
  const move = (field: string, column: ScalarColumn, fits: (value: unknown) => boolean, as = keep) => {
    if (!Object.hasOwn(rest, field) || !fits(rest[field])) return;
    columns[column] = as(rest[field]);
    delete rest[field];
  };
  move('type', 'type', isText);
  move('provider', 'provider', isText);
  move('accountId', 'account_id', isText);
  move('email', 'email', isText);
  move('gen', 'gen', isCount);
  move('expires', 'expires_at', isTime, asTime);
  const { claim, dead } = rest;
  if (isClaim(claim)) {
    delete rest.claim;
    columns.claim_id = claim.id;
    columns.claim_by = claim.by;
    columns.claim_until = new Date(claim.until);
    columns.claim_attempt = claim.attempt;
  }
  if (isDeadMark(dead)) {
    delete rest.dead;
    columns.dead_code = dead.code;
    columns.dead_at = new Date(dead.at);
    columns.dead_of = dead.of ?? null;
  }
  const refresh = typeof rest.refresh === 'string' && rest.refresh !== '' ? rest.refresh : undefined;
  if (refresh !== undefined) delete rest.refresh;
  const { moving } = rest;
  if (refresh === undefined && isMoving(moving)) {
    const { refresh: inert, ...mark } = moving;
    const fields = { ...rest, moving: mark };
    return { columns, refresh: inert, isLive: false, rest: JSON.stringify({ fields, inert: true }) };
  }
  return { columns, refresh, isLive: refresh !== undefined, rest: JSON.stringify({ fields: rest }) };
}

interface Rest {
  fields?: Record<string, unknown>;
  /** The refresh token belongs to a move that has begun, and not to the profile. */
  inert?: true;
  value?: unknown;
}

/** The profile again. @param refresh undefined where there is none, or where it may not be seen */
export function profileOf(columns: Columns, refresh: string | undefined, rest: string): StoredProfile {
  const { fields, inert, value } = JSON.parse(rest) as Rest;
  // A state may hold what is no profile, and gives it back.
  if (fields === undefined) return value as StoredProfile;
  const { access, ...others } = fields;
  return {
    ...present('type', columns.type),
    ...present('provider', columns.provider),
    ...(access === undefined ? {} : { access }),
    ...(refresh === undefined || inert ? {} : { refresh }),
    ...present('expires', msOf(columns.expires_at)),
    ...present('email', columns.email),
    ...present('accountId', columns.account_id),
    ...others,
    ...(inert && refresh !== undefined ? { moving: { ...(others.moving as object), refresh } } : {}),
    ...present('gen', columns.gen),
    ...(columns.claim_id === null
      ? {}
      : {
          claim: {
            id: columns.claim_id,
            by: columns.claim_by,
            until: msOf(columns.claim_until),
            attempt: columns.claim_attempt,
          },
        }),
    ...(columns.dead_code === null
      ? {}
      : {
          dead: { code: columns.dead_code, at: msOf(columns.dead_at), ...present('of', columns.dead_of) },
        }),
  };
}

/** The scalar columns of a row, as the driver gives it. */
export function columnsOf(row: Readonly<Record<string, unknown>>): Columns {
  return Object.fromEntries(SCALARS.map((name) => [name, row[name] ?? null])) as Columns;
}

/** Those in which two differ. */
export function changedColumns(before: Columns, after: Columns): Partial<Record<ScalarColumn, Scalar>> {
  const same = (a: Scalar, b: Scalar) =>
    a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : a === b;
  return Object.fromEntries(
    SCALARS.filter((name) => !same(before[name], after[name])).map((name) => [name, after[name]]),
  );
}

function keep(value: unknown): Scalar {
  return value as Scalar;
}

function asTime(value: unknown): Scalar {
  return new Date(value as number);
}

function msOf(value: Scalar): number | null {
  return value instanceof Date ? value.getTime() : null;
}

function present(field: string, value: Scalar): Record<string, Scalar> {
  return value === null ? {} : { [field]: value };
}
