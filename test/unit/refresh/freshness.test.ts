import { describe, expect, test } from 'vitest';

import { isFresh, isUsable, marginOf } from '../../../src/refresh/freshness.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const now = 1_900_000_000_000;
const token = (leftMs: number) => ({ access: 'a', expires: now + leftMs });

describe('the margin', () => {
  test('is five minutes, or a tenth of the lifetime where that is more', () => {
    expect(marginOf(undefined, { jitter: 0 })).toBe(5 * MINUTE);
    expect(marginOf(30 * MINUTE, { jitter: 0 })).toBe(5 * MINUTE);
    expect(marginOf(10 * DAY, { jitter: 0 })).toBe(DAY);
  });

  test('has up to a tenth of jitter, and never less than without', () => {
    expect(marginOf(10 * DAY, { jitter: 1 })).toBe(1.1 * DAY);
  });

  test('is never more than half of the lifetime: a short-lived token is not refreshed at every use', () => {
    expect(marginOf(2 * MINUTE, { jitter: 1 })).toBe(MINUTE);
    expect(marginOf(2 * MINUTE, { minTtlMs: DAY, jitter: 0 })).toBe(MINUTE);
  });

  test('is what was asked for, to the millisecond', () => {
    expect(marginOf(10 * DAY, { minTtlMs: 7, jitter: 1 })).toBe(7);
    expect(isFresh(token(8), 10 * DAY, { minTtlMs: 7, jitter: 1 }, now)).toBe(true);
    expect(isFresh(token(7), 10 * DAY, { minTtlMs: 7, jitter: 1 }, now)).toBe(false);
  });
});

test('the stored time alone makes a token fresh, and a rejected one never is', () => {
  expect(isFresh(token(6 * MINUTE), undefined, { jitter: 0 }, now)).toBe(true);
  expect(isFresh(token(5 * MINUTE), undefined, { jitter: 0 }, now)).toBe(false);
  expect(isFresh(token(DAY), undefined, { jitter: 0, rejected: 'a' }, now)).toBe(false);
});

test('a token that is not fresh can be used while it is valid, unless more was asked for, or it was rejected', () => {
  expect(isUsable(token(1), { jitter: 0 }, now)).toBe(true);
  expect(isUsable(token(0), { jitter: 0 }, now)).toBe(false);
  expect(isUsable(token(10), { jitter: 0, minTtlMs: 10 }, now)).toBe(false);
  expect(isUsable(token(10), { jitter: 0, rejected: 'a' }, now)).toBe(false);
});
