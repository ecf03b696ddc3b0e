import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';

import { parseEvent } from '../../../src/rendezvous/parse-event.ts';
import { loginEventSchema } from '../../../src/words/schemas/login.ts';

type Schema = z.core.$ZodTypes;
const nested = (schema: unknown) => schema as Schema;
type Value = Record<string, unknown>;

/** Values that the schema takes, out of the schema itself: a field that it gains is asked for at once. */
function right(schema: Schema): fc.Arbitrary<unknown> {
  const { def } = schema._zod;
  switch (def.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(def.shape).map(([name, field]) => [name, right(nested(field))])),
        {
          requiredKeys: Object.entries(def.shape)
            .filter(([, field]) => nested(field)._zod.def.type !== 'optional')
            .map(([name]) => name),
        },
      );
    case 'array':
      return fc.array(right(nested(def.element)), { minLength: 1, maxLength: 3 });
    case 'optional':
      return right(nested(def.innerType));
    case 'nullable':
      return fc.option(right(nested(def.innerType)));
    case 'literal':
      return fc.constantFrom(...def.values);
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries));
    case 'boolean':
      return fc.boolean();
    case 'number': {
      const { minValue, maxValue } = schema as unknown as z.ZodNumber;
      return fc.integer({
        min: Math.max(minValue ?? -9, -9),
        max: Math.min(maxValue ?? Infinity, Number.MAX_SAFE_INTEGER),
      });
    }
    case 'string': {
      const text = TEXTS[(def as { format?: string }).format ?? 'text'];
      return text?.filter((value) => (schema as unknown as z.ZodType).safeParse(value).success) ?? never(def);
    }
    default:
      return never(def);
  }
}
const never = (def: unknown): never => {
  throw new Error(`Nobody has said how ${JSON.stringify(def)} is filled.`);
};
const TEXTS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  text: fc.oneof(fc.string(), fc.constant('ERR_TIMED_OUT')),
  regex: fc.stringMatching(/^ERR_[A-Z_]+$/),
  url: fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.constant(' https://x.test/\ta\n ')),
  datetime: fc.oneof(
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(1e14) }).map((date) => date.toISOString()),
    fc.constantFrom('2024-02-29T23:59:59Z', '0000-01-01T00:00:00.5Z', '2026-01-01T00:00:00.1234567890Z'),
  ),
};

/** What may stand where another value should: of every kind, and near to what is right. */
const WRONG: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 1.5, 2, 65_535, 65_536, 2 ** 53, '', ' ', '1', 'true', 'text'],
  ...[[], {}, [null], [1], ['a', 2], [[]], [{}], ['a']],
  ...['result', 'absent', 'ERR_', 'ERR_a', 'ERR_A\n', 'xERR_A', 'https://', '//x', 'x:', 'mailto:a'],
  ...['2026-02-29T00:00:00Z', '2026-02-28T24:00:00Z', '2026-02-28T00:00:00', '2026-02-28T00:00Z'],
  ...['2026-13-01T00:00:00Z', '2026-02-28 00:00:00Z', '2026-02-28T00:00:60Z', '2026-02-28T00:00:00.Z'],
  ...['2026-02-28T00:00:00Z\n', '+002026-02-28T00:00:00Z', '2026-02-28T00:00:00+00:00'],
];

type Place = readonly (string | number)[];
/** Every field of a value, those of its parts as well. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    [name],
    ...placesIn(part).map((place) => [name, ...place]),
  ]);
}
function changed(value: unknown, [name = '', ...rest]: Place, change: (at: Value, name: string) => void) {
  const copy = structuredClone(value) as Value;
  let at = copy;
  const way = [name, ...rest].map(String);
  for (const step of way.slice(0, -1)) at = at[step] as Value;
  change(at, way.at(-1) ?? '');
  return copy;
}
/** Both, of the same value: what the schema makes of it is what is made of it by hand. */
function takenByBoth(value: unknown): boolean {
  const { data } = loginEventSchema.safeParse(value);
  expect({ of: value, taken: parseEvent(value) }).toEqual({ of: value, taken: data });
  expect(JSON.stringify(parseEvent(value))).toBe(JSON.stringify(data));
  return data !== undefined;
}

const kinds = loginEventSchema.options.map(
  (option) => [String(option.shape.type.value), option as unknown as Schema] as const,
);

describe('an event by hand is what the published schema says', () => {
  test('there are eleven of them', () => {
    expect(kinds).toHaveLength(11);
  });

  test.each(kinds)('%s: what is right is taken, with the known fields and no other', (_, schema) => {
    fc.assert(
      fc.property(right(schema), (event) => {
        expect(takenByBoth(event)).toBe(true);
        const objects = [[], ...placesIn(event)].map((place) => [...place, 'unknown']);
        for (const place of objects)
          takenByBoth(
            changed(event, place, (at, name) => {
              if (typeof at === 'object' && at !== null && !Array.isArray(at)) at[name] = 'unknown';
            }),
          );
      }),
      { numRuns: 60 },
    );
  });

  test.each(kinds)('%s: one field that is missing or wrong, and it is refused', (_, schema) => {
    const refused = new Set<string>();
    const [full] = fc.sample(
      right(schema).filter((event) => {
        const { shape } = schema._zod.def as { shape?: object };
        return Object.keys(shape ?? {}).every((name) => name in (event as object));
      }),
      { numRuns: 1, seed: 1 },
    );
    for (const place of placesIn(full)) {
      takenByBoth(changed(full, place, (at, name) => delete at[name]));
      for (const wrong of WRONG) {
        const damaged = changed(full, place, (at, name) => {
          at[name] = wrong;
        });
        if (!takenByBoth(damaged)) refused.add(place.join('.'));
      }
    }
    // No field takes whatever comes.
    expect([...refused].sort()).toEqual(
      placesIn(full)
        .map((place) => place.join('.'))
        .sort(),
    );
  });

  test.each([[null], [undefined], ['result'], [[]], [{}], [{ type: 'toString' }], [{ type: ['browser'] }]])(
    'what is no event is none: %j',
    (value) => {
      expect(takenByBoth(value)).toBe(false);
    },
  );
});
