/**
 * The parameters of a request, from its query or its body, with what is wrong about how they were sent.
 * It reads; whether a parameter is wanted or right is for the endpoints.
 */

import type { Strict, Strictness } from '../strictness/rules.ts';

export interface Parameters {
  /** How they were sent. */
  readonly format: 'query' | 'form' | 'json' | 'unknown';
  /** As sent, in their order, doubles and all. */
  readonly pairs: readonly (readonly [string, string])[];
  /** The first value; undefined where absent. */
  get(name: string): string | undefined;
  /** What makes the request malformed as a whole (RFC 6749 §3.2): `duplicated parameter`, `not JSON`, … */
  readonly flaw?: Flaw;
}

/** A flaw in a few words, and what is strict about it. */
export interface Flaw {
  readonly detail: string;
  readonly strictness: Strictness;
}

type Pairs = readonly (readonly [string, string])[];

/** The query of a GET request. */
export function readQuery(query: string, strict: Strict): Parameters {
  return parameters('query', [...new URLSearchParams(query)], strict);
}

/**
 * The body of a POST request: a form, or a JSON object of strings. Parameters in the query are a flaw.
 * @param formats which of the two this endpoint takes
 */
export function readBody(
  contentType: string | undefined,
  body: string,
  query: string,
  strict: Strict,
  formats: readonly ('form' | 'json')[] = ['form', 'json'],
): Parameters {
  if (query !== '' && strict('parameters-in-body'))
    return parameters('unknown', [], strict, {
      detail: 'parameters in the query',
      strictness: 'parameters-in-body',
    });
  const more = [...new URLSearchParams(query)];
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  const format = FORMATS[mediaType ?? ''];
  if (format !== undefined && (formats.includes(format) || !strict('body-format')))
    return format === 'json'
      ? readJson(body, more, strict)
      : parameters('form', [...new URLSearchParams(body), ...more], strict);
  if (strict('body-format')) return parameters('unknown', [], strict, malformed('content type'));
  return body.trimStart().startsWith('{')
    ? readJson(body, more, strict)
    : parameters('form', [...new URLSearchParams(body), ...more], strict);
}

const FORMATS: Readonly<Record<string, 'form' | 'json'>> = {
  'application/x-www-form-urlencoded': 'form',
  'application/json': 'json',
};

const malformed = (detail: string): Flaw => ({ detail, strictness: 'body-format' });

function readJson(body: string, more: Pairs, strict: Strict): Parameters {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return parameters('json', more, strict, malformed('not JSON'));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return parameters('json', more, strict, malformed('not a JSON object'));
  const members = Object.entries(value);
  const strings = members.filter((member): member is [string, string] => typeof member[1] === 'string');
  const complete = strings.length === members.length || !strict('body-format');
  return parameters(
    'json',
    [...strings, ...more],
    strict,
    complete ? undefined : malformed('a value that is no string'),
  );
}

function parameters(format: Parameters['format'], pairs: Pairs, strict: Strict, flaw?: Flaw): Parameters {
  const values = new Map<string, string>();
  let found = flaw;
  for (const [name, value] of pairs) {
    if (!values.has(name)) values.set(name, value);
    else if (strict('no-duplicated-parameters'))
      found ??= { detail: 'duplicated parameter', strictness: 'no-duplicated-parameters' };
  }
  return { format, pairs, get: (name) => values.get(name), ...(found === undefined ? {} : { flaw: found }) };
}
