/** Stores and configurations as people, other programs and OpenClaw leave them: fast-check arbitraries. */

import fc from 'fast-check';

const provider = 'openai-codex';
/** Far enough from now that the moment of asking does not matter. */
const TIMES = [0, 1, 1_000, 1_000_000_000_000, 4_000_000_000_000, 4_100_000_000_000, -1, 1.5];

/** How a text stands for an environment variable. */
const variable = (name: string) => ['$', '{', name, '}'].join('');

const id = fc.constantFrom('a', 'b', 'c', 'd', `${provider}:e@example.com`, 'gone');
const providerName = fc.oneof(
  { weight: 6, arbitrary: fc.constant(provider) },
  { weight: 2, arbitrary: fc.constantFrom(' OpenAI-Codex', 'OPENAI-CODEX\t', 'google', 'openai') },
  { weight: 1, arbitrary: fc.constantFrom<unknown>('', '  ', null, 7) },
);
const secret = fc.oneof(
  { weight: 5, arbitrary: fc.constant('secret') },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      '',
      ' ',
      null,
      0,
      variable('NAME'),
      variable('name'),
      '$NAME',
      'null',
    ),
  },
  { weight: 1, arbitrary: fc.constant({ source: 'env', provider: 'default', id: 'NAME' }) },
);
const reference = fc.constantFrom<unknown>(
  { source: 'env', provider: 'default', id: 'NAME' },
  { source: 'file', provider: 'mine', id: '/key' },
  { source: 'exec', id: 'x' },
  { source: 'elsewhere', provider: 'p', id: 'x' },
  { source: 'env', provider: ' ', id: 'NAME' },
  { source: 'env', provider: 'default', id: 'NAME', more: 1 },
  { source: 'env' },
  {},
  [],
  null,
  '',
  'NAME',
  variable('NAME'),
  ` ${variable('NAME')} `,
  variable('name'),
);
const kind = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('oauth', 'token', 'api_key') },
  { weight: 1, arbitrary: fc.constantFrom<unknown>('OAuth', 'apiKey', '', null, 1) },
);
const time = fc.oneof(
  fc.constantFrom(...TIMES),
  fc.constantFrom<unknown>(null, 'soon', '4000000000000', true),
);

const profile = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record(
      {
        provider: providerName,
        type: kind,
        mode: kind,
        access: secret,
        refresh: secret,
        token: secret,
        tokenRef: reference,
        key: secret,
        apiKey: secret,
        keyRef: reference,
        expires: time,
      },
      { requiredKeys: ['provider'] },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 'oauth', 1, [], {}) },
);
const plainProfile = fc.record(
  {
    type: fc.constantFrom('oauth', 'token', 'api_key'),
    provider: fc.constantFrom(provider, provider, ' OpenAI-Codex', 'google'),
    access: fc.constantFrom('secret', ''),
    token: fc.constant('secret'),
    key: fc.constant('secret'),
    expires: time,
  },
  { requiredKeys: ['type', 'provider'] },
);

const usage = { lastUsed: fc.constantFrom(...TIMES), cooldownUntil: time, disabledUntil: time };
const stats = fc.option(fc.record(usage, { requiredKeys: [] }), { freq: 9 });
const providerKey = fc.constantFrom(provider, ' OpenAI-Codex ', 'OPENAI-CODEX', 'openai');
const ids = fc.array(id, { maxLength: 6 });
const storedOrder = fc.oneof(
  { weight: 6, arbitrary: ids },
  { weight: 1, arbitrary: fc.array(fc.constantFrom<unknown>('a', ' b ', '', '  ', null, 7, 'c')) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 'a', {}) },
);

const storeParts = {
  version: fc.constant(1),
  profiles: fc.dictionary(id, fc.oneof({ weight: 2, arbitrary: profile }, plainProfile), {
    maxKeys: 6,
    noNullPrototype: true,
  }),
  order: fc.dictionary(providerKey, storedOrder, { maxKeys: 2, noNullPrototype: true }),
  lastGood: fc.dictionary(providerKey, id, { maxKeys: 1, noNullPrototype: true }),
  usageStats: fc.dictionary(id, stats, { maxKeys: 6, noNullPrototype: true }),
};

/**
 * The content of an `auth-profiles.json`: well-formed profiles and malformed ones. Always with `profiles`: without them OpenClaw
 * takes the whole file for absent, and we take its order for one, because the next commit makes it one.
 */
export const store = fc.record(storeParts, { requiredKeys: ['version', 'profiles'] });

/** What OpenClaw itself writes: profiles that it can read, and no empty order. */
export const soundStore = fc.record(
  {
    ...storeParts,
    profiles: fc.dictionary(id, plainProfile, { maxKeys: 6, noNullPrototype: true }),
    order: fc.dictionary(fc.constantFrom(provider, 'openai'), fc.array(id, { minLength: 1, maxLength: 6 }), {
      noNullPrototype: true,
    }),
  },
  { requiredKeys: ['version', 'profiles'] },
);

/** `auth` of an `openclaw.json` that OpenClaw's own validation lets pass. */
export const auth = fc.record(
  {
    order: fc.dictionary(providerKey, ids, { maxKeys: 2, noNullPrototype: true }),
    profiles: fc.dictionary(
      id,
      fc.record({
        provider: fc.constantFrom(provider, 'OpenAI-Codex', 'google'),
        mode: fc.constantFrom('oauth', 'token', 'api_key'),
      }),
      { maxKeys: 3, noNullPrototype: true },
    ),
  },
  { requiredKeys: [] },
);
