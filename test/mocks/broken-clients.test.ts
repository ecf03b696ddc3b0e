/** Every broken client is caught by a rule with a name, and the correct one is left in peace, whatever it meets. */

import { describe, expect, test } from 'vitest';

import * as mock from '../../mocks/index.ts';
import { defects } from '../support/broken-clients/defects.mjs';
import { mockBench, READ_FROM_JOURNAL } from '../support/broken-clients/mock-bench.mjs';
import { tryClient } from '../support/broken-clients/trial.mjs';

interface Defect {
  readonly rule: string;
  readonly changes: object;
  readonly fault?: string;
  readonly device?: boolean;
}

const bench = mockBench(mock);
const table: [string, Defect][] = Object.entries(defects);
const isStrictness = (rule: string) => Object.hasOwn(mock.strictness, rule);
const faults = [...new Set(table.flatMap(([, { fault }]) => (fault === undefined ? [] : [fault])))];

describe('the correct client', () => {
  test.each([
    ['with a browser', {}],
    ['with another device', { device: true }],
  ])('signs in %s, refreshes and signs out, and nothing is said of it', async (_, way) => {
    expect(await tryClient(bench, way)).toEqual({ end: 'done', detail: '', findings: [] });
  });

  test.each(faults)('notices %s by itself, or lives through it, and nothing is said of it', async (fault) => {
    const device = fault.startsWith('device-');
    const { end, findings } = await tryClient(bench, { fault, device });
    expect(findings).toEqual([]);
    // What stops nobody is a delay; what the server refuses outright is refused to everybody.
    const expected = device ? 'done' : /^token-(?:500|redirect)$/.test(fault) ? 'refused' : 'stopped';
    expect(end).toBe(expected);
  });
});

describe('a broken client', () => {
  test.each(table)('%s is caught by name', async (_, defect) => {
    const { findings } = await tryClient(bench, defect);
    const sources = findings.filter(({ rule }) => rule === defect.rule).map(({ source }) => source);
    expect(sources[0]).toMatch(/^(?:R-[A-Z0-9]+-\d+|RFC \d+ §|OIDC |WIRE )/);
  });

  test.each(table.filter(([, { rule }]) => isStrictness(rule)))(
    '%s is caught by that rule and no other means: without it nobody says so',
    async (_, { rule, ...defect }) => {
      const lenient = mockBench(mock, { lenient: [rule as mock.Strictness] });
      const { findings } = await tryClient(lenient, defect);
      expect(findings.map((finding) => finding.rule)).not.toContain(rule);
    },
  );

  test('there are at least thirty, of one defect each, and every rule named is one that there is', () => {
    expect(table.length).toBeGreaterThanOrEqual(30);
    const known = [...Object.keys(mock.strictness), ...Object.keys(READ_FROM_JOURNAL), 'no-secret-shown'];
    expect(table.filter(([, { rule }]) => !known.includes(rule))).toEqual([]);
    expect(table.filter(([, { changes }]) => Object.keys(changes).length !== 1)).toEqual([]);
    expect(table.filter(([, { fault }]) => fault !== undefined && !(fault in mock.scenarios))).toEqual([]);
  });
});
