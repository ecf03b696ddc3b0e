/**
 * What a follower believes of a line: an event of a login, by hand, because zod would be 6 MB of every installation for this alone.
 * Pure. The compiler holds the table against the types, a test holds it against the schema that the package publishes.
 */

import { HOPS } from '../words/connection-error.ts';
import type { LoginEvent } from '../words/events.ts';

/** What is taken of a value; undefined where it is refused. */
type Take<Value> = (value: unknown) => Value | undefined;
type Envelope = 'v' | 'time' | 'type';
/** A name that ends with a question mark is that of a field that may be missing. */
type Fields<Shape> = {
  readonly [Name in keyof Shape & string as undefined extends Shape[Name] ? `${Name}?` : Name]-?: Take<
    Exclude<Shape[Name], undefined>
  >;
};
type Table = {
  readonly [Type in LoginEvent['type']]: Fields<Omit<Extract<LoginEvent, { type: Type }>, Envelope>>;
};

const string: Take<string> = (value) => (typeof value === 'string' ? value : undefined);
const boolean: Take<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);
const whole =
  (least = -Infinity, most = Infinity): Take<number> =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
      ? Number(value)
      : undefined;
const oneOf =
  <const Value>(...values: readonly Value[]): Take<Value> =>
  (value) =>
    values.find((known) => known === value);
const errorCode: Take<string> = (value) =>
  typeof value === 'string' && /^ERR_[A-Z_]+$/.test(value) ? value : undefined;
/** As `URL` reads it: with what it passes over left out. */
const url: Take<string> = (value) => {
  const text = typeof value === 'string' ? value.trim().replace(/[\t\n\r]/g, '') : '';
  return URL.canParse(text) ? text : undefined;
};
/** ISO 8601 in UTC, of a day that there is. */
const time: Take<string> = (value) => {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value))
    return undefined;
  const parsed = new Date(value);
  const isDay = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value.slice(0, 10));
  return isDay ? value : undefined;
};
const list =
  <Item>(item: Take<Item>): Take<Item[]> =>
  (value) => {
    if (!Array.isArray(value)) return undefined;
    const taken = value.map(item);
    return taken.includes(undefined) ? undefined : (taken as Item[]);
  };
/** Fields that are not in the table are left out. */
function object<Shape>(fields: Fields<Shape>): Take<Shape> {
  const table = Object.entries<Take<unknown>>(fields).map(([key, take]) => ({
    name: key.replace('?', ''),
    isOptional: key.endsWith('?'),
    take,
  }));
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const found = value as Readonly<Record<string, unknown>>;
    const taken: Record<string, unknown> = {};
    for (const { name, isOptional, take } of table) {
      if (isOptional && found[name] === undefined) continue;
      taken[name] = take(found[name]);
      if (taken[name] === undefined) return undefined;
    }
    return taken as Shape;
  };
}

const gateway = oneOf('absent', 'reloaded', 'stale');
const pid = whole();

const EVENTS: Table = {
  listening: {
    redirectUri: url,
    addresses: list(object({ address: string, port: whole(1, 65_535) })),
    'note?': string,
  },
  authorization_url: { url, 'shortUrl?': url },
  network: {
    ok: boolean,
    'final?': oneOf(true),
    'via?': string,
    'hop?': oneOf(...HOPS),
    'summary?': string,
    'hint?': string,
  },
  browser: { opened: boolean, 'reason?': string },
  device_code: {
    verificationUri: url,
    'verificationUriComplete?': url,
    userCode: string,
    expiresIn: whole(),
  },
  waiting: { 'reason?': string, 'following?': (value) => (value === null ? null : pid(value)) },
  exchanged: { scope: string, expires: whole() },
  committed: {
    'agent?': string,
    store: string,
    generation: string,
    profileId: string,
    order: list(string),
    lastGood: string,
    'retired?': list(string),
  },
  gateway: { state: gateway, 'hint?': string },
  result: {
    ok: oneOf(true),
    profileId: string,
    'accountId?': string,
    'email?': string,
    'plan?': string,
    expires: whole(),
    store: string,
    order: list(string),
    lastGood: string,
    routable: boolean,
    'reason?': string,
    'hint?': string,
    'agents?': list(
      object({ agent: string, store: string, routable: boolean, 'reason?': string, 'hint?': string }),
    ),
    'gateway?': gateway,
  },
  error: { ok: oneOf(false), code: errorCode, message: string, hint: string, exitCode: whole() },
};

const KNOWN = Object.keys(EVENTS) as LoginEvent['type'][];

/** The event in a value that came from another process, with the fields that are known here; undefined where it is none. */
export function parseEvent(value: unknown): LoginEvent | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  const type = KNOWN.find((known) => known === value.type);
  if (type === undefined) return undefined;
  const fields = { v: oneOf(1), time, type: oneOf(type), ...EVENTS[type] };
  return object(fields as unknown as Fields<LoginEvent>)(value);
}
