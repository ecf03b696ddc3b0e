/**
 * Rows of the tables ⇄ a state, sealed and opened on the way. Pure but for the randomness of a seal. It decides which column and which
 * envelope holds what; which rows change, `changes` decides.
 */

import type { AuthProfiles, StoredProfile } from '../profile-store.ts';
import type { KeyRing, WholeKeyRing } from '../sealing/key-ring.ts';
import { keyedHash, type SealedPlace, seal, unseal } from '../sealing/seal.ts';
import { type Columns, columnsOf, type Parts, profileOf } from './columns.ts';
import { isText } from './fits.ts';

/** A row of `credential`, as the driver gives it; the secret columns sealed. */
export type CredentialRow = Readonly<Record<string, unknown>> & {
  readonly id?: string | null;
  readonly position: number;
  readonly revision: string;
  readonly access_sealed: Uint8Array;
  readonly refresh_sealed?: Uint8Array | null;
};

/** The row of one profile; with the time alone where there is none. */
export type ProfileRow = CredentialRow & { readonly now: number };

/** One row of the statement that reads a whole store: its own part is the same in each. */
export type StoreRow = CredentialRow & {
  readonly now: number;
  readonly version: string | null;
  readonly rest_sealed: Uint8Array | null;
  readonly routing: readonly RoutingTuple[] | null;
};
type RoutingTuple = [provider: string, ord: string[] | null, lastGood: string | null, position: number];

/** A credential as it was read. */
export interface ReadCredential {
  readonly position: number;
  readonly revision: string;
  readonly columns: Columns;
}

/** The row of a provider's routing. */
export interface Routing {
  readonly provider: string;
  readonly position: number;
  readonly ord: readonly string[] | null;
  readonly lastGood: string | null;
}

export interface ReadStore {
  readonly state: AuthProfiles;
  readonly now: number;
  /** Grows with every commit. */
  readonly version: string;
  readonly credentials: ReadonlyMap<string, ReadCredential>;
}

/** @throws SealError where a record does not open */
export function storeOf(rows: readonly StoreRow[], storeKey: string, ring: KeyRing): ReadStore {
  const [first] = rows;
  const state = stateOf(first, storeKey, ring);
  const { profiles, credentials, revisions } = credentialsOf(rows, storeKey, ring);
  state.profiles = profiles;
  return {
    state,
    now: first?.now ?? 0,
    version: `${first?.version ?? 0}.${revisions}`,
    credentials,
  };
}

/** The same of one profile's row alone. */
export function profileStoreOf(rows: readonly ProfileRow[], storeKey: string, ring: KeyRing): ReadStore {
  const { profiles, credentials, revisions } = credentialsOf(rows, storeKey, ring);
  return { state: { version: 1, profiles }, now: rows[0]?.now ?? 0, version: String(revisions), credentials };
}

function credentialsOf(rows: readonly CredentialRow[], store: string, ring: KeyRing) {
  const credentials = new Map<string, ReadCredential>();
  const profiles: Record<string, StoredProfile> = {};
  let revisions = 0n;
  for (const row of rows) {
    const { id, position, revision } = row;
    if (id == null) continue;
    const columns = columnsOf(row);
    const rest = unseal(row.access_sealed, ring.access, { store, profile: id, kind: 'access' });
    const sealed = row.refresh_sealed ?? undefined;
    const refresh =
      sealed === undefined || ring.refresh === undefined
        ? undefined
        : unseal(sealed, ring.refresh, { store, profile: id, kind: 'refresh' });
    set(profiles, id, profileOf(columns, refresh, rest));
    credentials.set(id, { position, revision, columns });
    revisions += BigInt(revision);
  }
  return { profiles, credentials, revisions };
}

/** What a store holds beside its profiles. */
function stateOf(row: StoreRow | undefined, store: string, ring: KeyRing): AuthProfiles {
  const rest =
    row?.rest_sealed == null
      ? { version: 1 }
      : JSON.parse(unseal(row.rest_sealed, ring.access, placeOfRest(store)));
  const order: Record<string, string[]> = {};
  const lastGood: Record<string, string> = {};
  for (const [provider, ord, good] of row?.routing ?? []) {
    if (ord !== null) set(order, provider, ord);
    if (good !== null) set(lastGood, provider, good);
  }
  const { order: otherOrder, lastGood: otherLastGood, ...others } = rest;
  return {
    ...others,
    profiles: {},
    ...(Object.keys(order).length > 0 || otherOrder ? { order: { ...order, ...otherOrder } } : {}),
    ...(Object.keys(lastGood).length > 0 || otherLastGood
      ? { lastGood: { ...lastGood, ...otherLastGood } }
      : {}),
  };
}

/** What of a state has no table of its own, as JSON text; undefined where there is nothing but the usual version. */
export function restOf({ profiles: _, order, lastGood, ...others }: AuthProfiles): string | undefined {
  const rest = {
    ...others,
    // An empty part is still one.
    ...(order === undefined ? {} : leftOver(order, isOrder)),
    ...(lastGood === undefined ? {} : leftOver(lastGood, isText, 'lastGood')),
  };
  const text = JSON.stringify(rest);
  return text === '{"version":1}' ? undefined : text;
}

function leftOver(part: object, fits: (value: unknown) => boolean, name = 'order'): Record<string, unknown> {
  const left = Object.entries(part).filter(([key, value]) => !isText(key) || !fits(value));
  return left.length > 0 || Object.keys(part).length === 0 ? { [name]: Object.fromEntries(left) } : {};
}

/** What of it has: a row for each provider that an order or lastGood names. */
export function routingOf({ order = {}, lastGood = {} }: AuthProfiles): Routing[] {
  const providers = [...new Set([...Object.keys(order), ...Object.keys(lastGood)])].filter(isText);
  return providers.flatMap((provider, position) => {
    const ord: unknown = Object.hasOwn(order, provider) ? order[provider] : undefined;
    const good: unknown = Object.hasOwn(lastGood, provider) ? lastGood[provider] : undefined;
    const row = { provider, position, ord: isOrder(ord) ? ord : null, lastGood: isText(good) ? good : null };
    return row.ord === null && row.lastGood === null ? [] : [row];
  });
}

function isOrder(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

/** The columns of a profile that hold secrets, sealed: those of `parts` that differ from `before`. */
export function sealedColumns(
  { rest, refresh, isLive }: Parts,
  before: Parts | undefined,
  { store, profile }: Omit<SealedPlace, 'kind'>,
  ring: WholeKeyRing,
): Record<string, Uint8Array | null> {
  const first = (keys: WholeKeyRing['access']) => keys[0] as (typeof keys)[number];
  return {
    ...(rest === before?.rest
      ? {}
      : { access_sealed: seal(rest, first(ring.access), { store, profile, kind: 'access' }) }),
    ...(before !== undefined && refresh === before.refresh && isLive === before.isLive
      ? {}
      : refresh === undefined
        ? { refresh_sealed: null, fingerprint: null }
        : {
            refresh_sealed: seal(refresh, first(ring.refresh), { store, profile, kind: 'refresh' }),
            // What nobody may present has no place among the holders.
            fingerprint: isLive ? keyedHash(refresh, ring.fingerprint) : null,
          }),
  };
}

export function placeOfRest(store: string): SealedPlace {
  return { store, profile: '', kind: 'store' };
}

/** Also where the key is a name that an object has of its own. */
function set<T>(record: Record<string, T>, key: string, value: T): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
}
