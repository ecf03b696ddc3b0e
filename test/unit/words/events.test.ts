import { expect, test } from 'vitest';

import { eventsJsonSchema } from '../../../src/words/schemas/index.ts';
import { loginEventSchema } from '../../../src/words/schemas/login.ts';
import { signIn } from '../../support/sign-in.ts';

test('the published schema has every event of the contract, and the answers of status, order and mock', () => {
  const text = JSON.stringify(eventsJsonSchema());
  for (const type of [
    'listening',
    'authorization_url',
    'browser',
    'device_code',
    'waiting',
    'exchanged',
    'committed',
    'gateway',
    'result',
    'error',
    'ready',
    'request',
  ]) {
    expect(text).toContain(`"const":"${type}"`);
  }
  expect(text).toContain('"orderSource"');
});

test.each([undefined, 'access-denied', 'token-500', 'state-wrong'] as const)(
  'every event of a login keeps the schema: %s',
  async (scenario) => {
    const { events } = await signIn({ scenario, again: scenario === 'state-wrong' });
    for (const event of events) expect(loginEventSchema.parse(event)).toEqual(event);
    expect(['result', 'error']).toContain(events.at(-1)?.type);
  },
);

test('a flood of strays is told at the first, tenth, hundredth time', async () => {
  const { events } = await signIn({
    onEvent(event) {
      if (event.type !== 'listening') return;
      for (let index = 0; index < 30; index += 1)
        fetch(`${event.redirectUri}?state=wrong`).catch(() => undefined);
    },
  });
  const told = events
    .filter(({ type }) => type === 'waiting')
    .map((event) => event.type === 'waiting' && event.reason);
  expect(told.length).toBeLessThanOrEqual(2);
});
