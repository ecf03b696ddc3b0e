import { describe, expect, test } from 'vitest';

import { createReceiver } from '../../../src/loopback/receiver.ts';

const read = (query: URLSearchParams) =>
  query.get('state') === 'right'
    ? ({ kind: 'settles', value: query.get('code') } as const)
    : ({ kind: 'stray', reason: 'wrong state' } as const);

describe('a pending login', () => {
  test('R-9700-1 is settled by the first right response only', async () => {
    const reasons: string[] = [];
    const receiver = createReceiver<string | null, string>(read, (reason) => reasons.push(reason));
    expect(receiver.offer('code=x&state=wrong').kind).toBe('turned-away');
    expect(receiver.offer('code=first&state=right').kind).toBe('held');
    expect(receiver.offer('code=second&state=right').kind).toBe('turned-away');
    expect(await receiver.settled).toBe('first');
    expect(reasons).toEqual(['wrong state', 'already answered']);
  });

  test('R-6749-2 gives a copy of the right response the answer of the first', async () => {
    const receiver = createReceiver<string | null, string>(read, () => undefined);
    const offers = [1, 2, 3].map(() => receiver.offer('code=c&state=right'));
    receiver.conclude('done');
    const late = receiver.offer('code=c&state=right');
    for (const offer of [...offers, late]) expect(await (offer.kind === 'held' && offer.answer)).toBe('done');
  });

  test('R-FLOOD holds few copies at once', () => {
    const receiver = createReceiver<string | null, string>(read, () => undefined);
    const held = Array.from({ length: 1000 }, () => receiver.offer('code=c&state=right')).filter(
      ({ kind }) => kind === 'held',
    );
    expect(held).toHaveLength(16);
  });
});
