/** Stores as they are found in the wild, each damaged in a way of its own: what is found, what is left after a repair, what is then used. */

import type { FindingId } from '../../src/words/findings.ts';

export const provider = 'openai-codex';
export const now: number = Date.parse('2026-11-24T12:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface DamagedStore {
  readonly name: string;
  /** The content of `auth-profiles.json`, or its very text. */
  readonly store: object | string;
  /** The text of `openclaw.json`. */
  readonly configuration?: string;
  /** Other agents' stores, by agent. */
  readonly agents?: Readonly<Record<string, object | string>>;
  /** Other files in the home directory. */
  readonly files?: Readonly<Record<string, object | string>>;
  /** Everything that is found, information too. */
  readonly finds: readonly FindingId[];
  /** What no repair can put right. */
  readonly left?: readonly FindingId[];
  /** The profile that OpenClaw would use after the repair. */
  readonly selected?: string;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An access token as ChatGPT makes them, its secret part marked; issued that many days ago. */
export function token(
  mark: string,
  { account = mark, days = 1 }: { account?: string; days?: number } = {},
): string {
  const issued = Math.round((now - days * DAY) / 1000);
  const claims = {
    iat: issued,
    exp: issued + 10 * 24 * 3600,
    'https://api.openai.com/auth': { chatgpt_account_id: account, chatgpt_user_id: `user-${account}` },
    'https://api.openai.com/profile': { email: `${account}@example.com` },
  };
  return `${encode({ alg: 'RS256' })}.${encode(claims)}.planted-access-${mark}`;
}

/** A sound profile. */
export function sound(mark: string, options: { account?: string; days?: number } = {}, more: object = {}) {
  const { account = mark, days = 1 } = options;
  return {
    type: 'oauth',
    provider,
    access: token(mark, { account, days }),
    refresh: `planted-refresh-${mark}`,
    expires: now - days * DAY + 10 * DAY,
    email: `${account}@example.com`,
    accountId: account,
    unknown: `kept-${mark}`,
    ...more,
  };
}

const id = (name: string) => `${provider}:${name}@example.com`;
const [me, old, other] = [id('me'), id('old'), id('other')];
const routed = (name: string) => ({ order: { [provider]: [name] }, lastGood: { [provider]: name } });
const one = (profile: unknown, more: object = {}) => ({
  version: 1,
  profiles: { [me]: profile },
  ...routed(me),
  ...more,
});
/** The same without some fields. */
const without = (profile: Record<string, unknown>, ...names: string[]) =>
  Object.fromEntries(Object.entries(profile).filter(([name]) => !names.includes(name)));
const mine = sound('me');
const DEAD = { type: 'oauth', provider, access: '', refresh: '', expires: now - DAY, accountId: 'dead' };
const dead = id('dead');

export const DAMAGED: readonly DamagedStore[] = [
  // The order.
  {
    name: 'the order leaves out the latest login',
    store: { version: 1, profiles: { [old]: sound('old', { days: 5 }), [me]: mine }, ...routed(old) },
    finds: ['order-shuts-out'],
    selected: me,
  },
  {
    name: 'the order leaves out what worked last',
    store: {
      profiles: { [old]: sound('old', { days: 5 }), [other]: sound('other', { days: 2 }) },
      order: { [provider]: [other] },
      lastGood: { [provider]: old },
    },
    finds: ['order-shuts-out'],
    selected: old,
  },
  {
    name: 'the order leaves out an older login, which may be meant so',
    store: { profiles: { [old]: sound('old', { days: 5 }), [me]: mine }, ...routed(me) },
    finds: ['order-leaves-out'],
    left: ['order-leaves-out'],
    selected: me,
  },
  {
    name: 'the order tries an older login first',
    store: {
      profiles: { [old]: sound('old', { days: 5 }), [me]: mine },
      order: { [provider]: [old, me] },
      lastGood: { [provider]: me },
    },
    finds: ['latest-login-not-first'],
    left: ['latest-login-not-first'],
    selected: old,
  },
  {
    name: 'the order names a profile that is gone',
    store: { profiles: { [me]: mine }, order: { [provider]: ['gone', me] }, lastGood: { [provider]: me } },
    finds: ['order-dangling'],
    selected: me,
  },
  {
    name: 'the order names nothing but profiles that are gone',
    store: {
      profiles: { [me]: mine },
      order: { [provider]: ['gone', 'lost'] },
      lastGood: { [provider]: me },
    },
    finds: ['order-names-nothing'],
    selected: me,
  },
  {
    name: 'the order names nothing but a dead profile',
    store: {
      profiles: { [dead]: DEAD, [me]: mine },
      order: { [provider]: [dead] },
      lastGood: { [provider]: me },
    },
    finds: ['credential-missing', 'order-names-nothing'],
    left: ['credential-missing'],
    selected: me,
  },
  {
    name: 'the order names a profile of another provider',
    store: {
      profiles: { [me]: mine, google: { type: 'api_key', provider: 'google', key: 'planted-google-key' } },
      order: { [provider]: ['google', me] },
      lastGood: { [provider]: me },
    },
    finds: ['order-dangling'],
    selected: me,
  },
  {
    name: 'the order is a word and no list',
    store: { profiles: { [me]: mine }, order: { [provider]: me }, lastGood: { [provider]: me } },
    finds: ['order-unreadable'],
    selected: me,
  },
  {
    name: 'the order has blanks and numbers in it',
    store: {
      profiles: { [me]: mine },
      order: { [provider]: [me, '', 7, null] },
      lastGood: { [provider]: me },
    },
    finds: ['order-unreadable'],
    selected: me,
  },
  {
    name: 'the order is under the name in another spelling',
    store: { profiles: { [me]: mine }, order: { 'OpenAI-Codex': ['gone'] }, lastGood: { [provider]: me } },
    finds: ['order-names-nothing'],
    selected: me,
  },
  // What worked last.
  {
    name: 'nothing says what worked last',
    store: { profiles: { [me]: mine }, order: { [provider]: [me] } },
    finds: ['last-good-missing'],
    selected: me,
  },
  {
    name: 'what worked last is gone',
    store: { profiles: { [me]: mine }, order: { [provider]: [me] }, lastGood: { [provider]: 'gone' } },
    finds: ['last-good-dangling'],
    selected: me,
  },
  {
    name: 'what worked last is dead',
    store: {
      profiles: { [me]: mine, [dead]: DEAD },
      order: { [provider]: [me] },
      lastGood: { [provider]: dead },
    },
    finds: ['credential-missing', 'last-good-stale'],
    left: ['credential-missing'],
    selected: me,
  },
  // One account twice.
  {
    name: 'two profiles of one account',
    store: {
      profiles: { [`${provider}:default`]: sound('twin', { account: 'me', days: 3 }), [me]: mine },
      order: { [provider]: [`${provider}:default`, me] },
      lastGood: { [provider]: `${provider}:default` },
      usageStats: { [`${provider}:default`]: { lastUsed: 1 } },
    },
    finds: ['twin'],
    selected: me,
  },
  {
    name: 'two profiles with one refresh token',
    store: {
      profiles: { [me]: mine, [other]: { ...sound('other', { days: 2 }), refresh: mine.refresh } },
      ...routed(me),
    },
    finds: ['twin'],
    selected: me,
  },
  // Windows.
  {
    name: 'a cooldown that outlived the login',
    store: one(mine, {
      usageStats: {
        [me]: { cooldownUntil: now + HOUR, cooldownReason: 'rate_limit', errorCount: 3, lastUsed: 5 },
      },
    }),
    finds: ['in-cooldown'],
    selected: me,
  },
  {
    name: 'a lockout',
    store: one(mine, { usageStats: { [me]: { disabledUntil: now + DAY, disabledReason: 'billing' } } }),
    finds: ['disabled'],
    selected: me,
  },
  // The form of a profile.
  {
    name: 'expiry in seconds',
    store: one({ ...mine, expires: Math.round(mine.expires / 1000) }),
    finds: ['expires-in-seconds'],
    selected: me,
  },
  {
    name: 'expiry in seconds, under another name',
    store: one({ ...without(mine, 'expires'), expires_at: Math.round(mine.expires / 1000) }),
    finds: ['field-names', 'expires-in-seconds'],
    selected: me,
  },
  {
    name: 'expiry as a date in words',
    store: one({ ...mine, expires: '2026-12-03T12:00:00.000Z' }),
    finds: ['expires-unreadable'],
    selected: me,
  },
  {
    name: 'no expiry, and a token that knows it',
    store: one(without(mine, 'expires')),
    finds: ['expires-unreadable'],
    selected: me,
  },
  {
    name: 'the names of the token endpoint',
    store: one({
      ...without(mine, 'access', 'refresh', 'accountId'),
      access_token: mine.access,
      refresh_token: mine.refresh,
      account_id: 'me',
    }),
    finds: ['field-names'],
    selected: me,
  },
  {
    name: 'names in camel case',
    store: one({
      ...without(mine, 'access', 'refresh', 'expires'),
      accessToken: mine.access,
      refreshToken: mine.refresh,
      expiresAt: mine.expires,
    }),
    finds: ['field-names'],
    selected: me,
  },
  {
    name: 'two wrong names that say different things',
    store: one({
      ...without(mine, 'refresh'),
      refreshToken: 'planted-refresh-a',
      refresh_token: 'planted-refresh-b',
    }),
    finds: ['field-names'],
    left: ['field-names'],
    selected: me,
  },
  {
    name: 'the mode where the type should be',
    store: one({ ...without(mine, 'type'), mode: 'oauth' }),
    finds: ['field-names'],
    selected: me,
  },
  {
    name: 'a key under the name that OpenClaw takes as well',
    store: one({ provider, type: 'api_key', apiKey: 'planted-key' }),
    finds: ['field-names'],
    selected: me,
  },
  {
    name: 'no type',
    store: one(without(mine, 'type')),
    finds: ['type-unreadable'],
    selected: me,
  },
  {
    name: 'a type in capitals',
    store: one({ ...mine, type: 'OAuth' }),
    finds: ['type-unreadable'],
    selected: me,
  },
  {
    name: 'no provider',
    store: one(without(mine, 'provider')),
    finds: ['provider-missing'],
    selected: me,
  },
  {
    name: 'a profile under the name of later versions',
    store: {
      profiles: { [me]: mine, 'openai:me@example.com': { ...sound('later'), provider: 'openai' } },
      ...routed(me),
    },
    finds: ['provider-other-name'],
    left: ['provider-other-name'],
    selected: me,
  },
  {
    name: 'no account, and a token that names it',
    store: one(without(mine, 'accountId')),
    finds: ['account-missing'],
    selected: me,
  },
  {
    name: 'everything about a profile is wrong at once',
    store: {
      profiles: {
        [me]: {
          access_token: mine.access,
          refresh_token: mine.refresh,
          expires_at: Math.round(mine.expires / 1000),
        },
      },
      order: { [provider]: ['gone'] },
      lastGood: { [provider]: 'gone' },
    },
    finds: [
      'provider-missing',
      'type-unreadable',
      'field-names',
      'expires-in-seconds',
      'account-missing',
      'order-names-nothing',
      'last-good-dangling',
    ],
    selected: me,
  },
  {
    name: 'an entry that is no object',
    store: { profiles: { [me]: mine, [old]: 'planted-token' }, ...routed(me) },
    finds: ['profile-unreadable'],
    left: ['profile-unreadable'],
    selected: me,
  },
  // What no edit brings back.
  {
    name: 'a dead credential and nothing else',
    store: { profiles: { [dead]: DEAD } },
    finds: ['credential-missing'],
    left: ['credential-missing'],
  },
  {
    name: 'expired, and nothing to refresh it with',
    store: one({ ...without(mine, 'refresh'), expires: now - HOUR }),
    finds: ['expired-without-refresh'],
    left: ['expired-without-refresh'],
    selected: me,
  },
  {
    name: 'no refresh token',
    store: one(without(mine, 'refresh')),
    finds: ['refresh-missing'],
    left: ['refresh-missing'],
    selected: me,
  },
  {
    name: 'a login that the server has ended',
    store: one({ ...mine, dead: { code: 'invalid_grant', at: now - HOUR } }),
    finds: ['login-ended'],
    left: ['login-ended'],
    selected: me,
  },
  {
    name: 'a mark of a refresh token that another program has replaced since',
    store: one({ ...mine, dead: { code: 'invalid_grant', at: now - HOUR, of: 'another' } }),
    finds: [],
    selected: me,
  },
  {
    name: 'a static token that is over',
    store: one({ type: 'token', provider, token: 'planted-token', expires: now - HOUR }),
    finds: ['token-expired'],
    left: ['token-expired'],
  },
  {
    name: 'nothing of the provider',
    store: { profiles: {}, order: { [provider]: ['gone'] }, lastGood: { [provider]: 'gone' } },
    finds: ['nothing-stored', 'order-dangling', 'last-good-dangling'],
    left: ['nothing-stored'],
  },
  // openclaw.json.
  {
    name: 'cause 1: auth.order names other profiles',
    store: { profiles: { [me]: mine }, lastGood: { [provider]: me } },
    configuration: `{ auth: { order: { "${provider}": ["${old}"] } } }`,
    finds: ['configured-order-shuts-out'],
    selected: me,
  },
  {
    name: 'cause 1 with a store that holds an older login as well',
    store: { profiles: { [old]: sound('old', { days: 5 }), [me]: mine }, lastGood: { [provider]: old } },
    configuration: `{ auth: { order: { "${provider}": ["${old}"] } } }`,
    finds: ['configured-order-shuts-out'],
    selected: me,
  },
  {
    name: 'cause 2: auth.profiles names a dead credential',
    store: { profiles: { [dead]: DEAD, [me]: mine }, lastGood: { [provider]: me } },
    configuration: `{ auth: { profiles: { "${dead}": { provider: "${provider}", mode: "oauth" } } } }`,
    finds: ['credential-missing', 'configured-profiles-shut-out'],
    left: ['credential-missing'],
    selected: me,
  },
  {
    name: 'openclaw.json expects another kind of credential',
    store: one(mine),
    configuration: `{\n  // mine\n  auth: { profiles: { "${me}": { provider: "${provider}", mode: "api_key" /* why? */ } } },\n}\n`,
    finds: ['configured-mode'],
    selected: me,
  },
  {
    name: 'openclaw.json expects another provider',
    store: one(mine),
    configuration: `{\n  auth: { profiles: { "${me}": { provider: 'openai', mode: 'oauth' } } }, // theirs\n}\n`,
    finds: ['configured-provider'],
    selected: me,
  },
  {
    name: 'openclaw.json is wrong and hides a wrong order',
    store: { profiles: { [me]: mine }, order: { [provider]: ['gone'] }, lastGood: { [provider]: me } },
    configuration: `{ auth: { profiles: { "${me}": { provider: "${provider}", mode: "token" } } } }`,
    finds: ['configured-mode', 'order-dangling'],
    selected: me,
  },
  {
    name: 'the default model uses another provider',
    store: one(mine),
    configuration: `{ agents: { defaults: { model: { primary: "deepseek/deepseek-chat" } } } }`,
    finds: ['default-model'],
    left: ['default-model'],
    selected: me,
  },
  // Other agents and other programs.
  {
    name: "another agent's order leads nowhere",
    store: one(mine),
    agents: { work: { profiles: {}, order: { [provider]: ['gone'] } } },
    finds: ['order-names-nothing'],
    selected: me,
  },
  {
    name: "another agent has a copy of main's refresh token",
    store: one(mine),
    agents: { work: { profiles: { [me]: mine }, order: { [provider]: [me] } } },
    finds: ['refresh-token-shared'],
    selected: me,
  },
  {
    name: 'another agent uses an account of its own',
    store: one(mine),
    agents: {
      work: {
        profiles: { [other]: sound('other') },
        order: { [provider]: [other] },
        lastGood: { [provider]: other },
      },
    },
    finds: ['agent-shadows-main'],
    left: ['agent-shadows-main'],
    selected: me,
  },
  {
    name: "another agent's order names a profile of main that is older",
    store: {
      profiles: { [old]: sound('old', { days: 5 }), [me]: mine },
      order: { [provider]: [me, old] },
      lastGood: { [provider]: me },
    },
    agents: { work: { profiles: {}, order: { [provider]: [old] } } },
    finds: ['agent-shadows-main'],
    selected: me,
  },
  {
    name: "another agent's store cannot be read",
    store: one(mine),
    agents: { work: '{"profiles": {' },
    finds: ['agent-unreadable'],
    left: ['agent-unreadable'],
    selected: me,
  },
  {
    name: 'Codex holds the same refresh token',
    store: one(mine),
    files: { '.codex/auth.json': { tokens: { access_token: 'x', refresh_token: mine.refresh } } },
    finds: ['refresh-token-shared'],
    left: ['refresh-token-shared'],
    selected: me,
  },
  {
    name: 'pi holds the same refresh token',
    store: one(mine),
    files: { '.pi/agent/auth.json': { 'openai-codex': { type: 'oauth', refresh: mine.refresh } } },
    finds: ['refresh-token-shared'],
    left: ['refresh-token-shared'],
    selected: me,
  },
  // Texts that are no store.
  {
    name: 'an empty file',
    store: '',
    finds: ['store-empty'],
    left: ['nothing-stored'],
  },
  {
    name: 'a truncated file',
    store: JSON.stringify(one(mine), null, 2).slice(0, -200),
    finds: ['store-corrupt'],
    left: ['nothing-stored'],
  },
  {
    name: 'a list',
    store: '["planted-token"]',
    finds: ['store-corrupt'],
    left: ['nothing-stored'],
  },
  {
    name: 'a file with a byte order mark',
    store: `\uFEFF${JSON.stringify(one(mine), null, 2)}`,
    finds: ['store-byte-order-mark'],
    selected: me,
  },
  {
    name: 'a file with a comment and a comma too many',
    store: `// mine\n${JSON.stringify(one(mine), null, 2).replace(/\n\}$/, ',\n}')}`,
    finds: ['store-not-plain-json'],
    selected: me,
  },
  {
    name: 'a byte order mark that hides a wrong order',
    store: `\uFEFF${JSON.stringify({ profiles: { [me]: mine }, order: { [provider]: ['gone'] } })}`,
    finds: ['store-byte-order-mark'],
    selected: me,
  },
];
