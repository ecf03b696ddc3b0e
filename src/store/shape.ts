/**
 * What a commit may write, by hand: to load zod for it would take longer than the whole commit. Pure. The published JSON Schema is
 * made of `schema`, which says the same in zod; a test holds the two against each other.
 */

/** Where the first fault is, from the value that was looked at; empty: the value itself. Undefined: there is none. */
type Fault = readonly string[] | undefined;
type Check = (value: unknown) => Fault;
type Fields = readonly (readonly [name: string, check: Check])[];

/** No credential expires before 2001 if its time is in milliseconds; one in seconds would read as long expired. */
export const EARLIEST_MS = 1_000_000_000_000;

const HERE: Fault = [];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const check = (passes: (value: unknown) => boolean): Check => {
  return (value) => (passes(value) ? undefined : HERE);
};
const optional = (inner: Check): Check => {
  return (value) => (value === undefined ? undefined : inner(value));
};
const string = check((value) => typeof value === 'string');
const text = check((value) => typeof value === 'string' && value !== '');
const wholeFrom = (least: number) =>
  check((value) => Number.isSafeInteger(value) && (value as number) >= least);
const epochMs = wholeFrom(EARLIEST_MS);

function object(fields: Fields): Check {
  return (value) => {
    if (!isObject(value)) return HERE;
    for (const [name, inner] of fields) {
      const fault = inner(value[name]);
      if (fault !== undefined) return [name, ...fault];
    }
    return undefined;
  };
}

const claim = object([
  ['id', text],
  ['by', string],
  ['until', epochMs],
  ['attempt', wholeFrom(1)],
]);
const dead = object([
  ['code', text],
  ['at', epochMs],
  ['of', optional(string)],
]);

const KINDS: Readonly<Record<string, Check>> = {
  oauth: object([
    ['provider', text],
    ['access', text],
    ['refresh', text],
    ['expires', epochMs],
    ['email', optional(string)],
    ['accountId', optional(string)],
    ['displayName', optional(string)],
    ['clientId', optional(string)],
    ['claim', optional(claim)],
    ['gen', optional(wholeFrom(0))],
    ['dead', optional(dead)],
  ]),
  api_key: object([
    ['provider', text],
    ['key', optional(text)],
  ]),
  token: object([
    ['provider', text],
    ['token', optional(text)],
    ['expires', optional(epochMs)],
  ]),
};

/** The first fault of a profile. Fields that are unknown here pass. */
export const faultInProfile: Check = (value) => {
  if (!isObject(value)) return HERE;
  const { type } = value;
  const kind = typeof type === 'string' && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  return kind === undefined ? ['type'] : kind(value);
};

/** The first fault of a provider's order: at least one id, none of them empty. */
export const faultInOrder: Check = (value) => {
  if (!Array.isArray(value)) return HERE;
  const wrong = value.findIndex((id) => text(id) !== undefined);
  return wrong !== -1 ? [String(wrong)] : value.length === 0 ? HERE : undefined;
};

/** Whether it is no id at all. */
export const faultInId: Check = text;
