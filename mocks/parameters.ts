/**
 * The parameters of a request, from its query or its body, with what is wrong about how they were sent.
 * It reads; whether a parameter is wanted or right is for the endpoints.
 */

export interface Parameters {
  /** How they were sent. */
  readonly format: 'query' | 'form' | 'json' | 'unknown';
  /** As sent, in their order, doubles and all. */
  readonly pairs: readonly (readonly [string, string])[];
  /** The first value; undefined where absent. */
  get(name: string): string | undefined;
  /** What makes the request malformed as a whole (RFC 6749 §3.2): `duplicated parameter`, `not JSON`, … */
  readonly flaw?: string;
}

/** The query of a GET request. */
export function readQuery(query: string): Parameters {
  return parameters('query', [...new URLSearchParams(query)]);
}

/** The body of a POST request: a form, or a JSON object of strings. Parameters in the query are a flaw. */
export function readBody(contentType: string | undefined, body: string, query: string): Parameters {
  if (query !== '') return parameters('unknown', [], 'parameters in the query');
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-www-form-urlencoded')
    return parameters('form', [...new URLSearchParams(body)]);
  if (mediaType === 'application/json') return readJson(body);
  return parameters('unknown', [], 'content type');
}

function readJson(body: string): Parameters {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return parameters('json', [], 'not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return parameters('json', [], 'not a JSON object');
  const members = Object.entries(value);
  const strings = members.filter((member): member is [string, string] => typeof member[1] === 'string');
  return parameters(
    'json',
    strings,
    strings.length === members.length ? undefined : 'a value that is no string',
  );
}

function parameters(
  format: Parameters['format'],
  pairs: readonly (readonly [string, string])[],
  flaw?: string,
): Parameters {
  const values = new Map<string, string>();
  let found = flaw;
  for (const [name, value] of pairs) {
    if (values.has(name)) found ??= 'duplicated parameter';
    else values.set(name, value);
  }
  return { format, pairs, get: (name) => values.get(name), ...(found === undefined ? {} : { flaw: found }) };
}
