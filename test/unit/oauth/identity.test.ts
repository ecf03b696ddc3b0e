import { describe, expect, test } from 'vitest';

import { compareAccount, readIdentity, readIdentityOf } from '../../../src/oauth/identity.ts';
import { openaiCodex } from '../../../src/provider/openai-codex.ts';

const chatgpt = openaiCodex.identity;
const auth = (claims: object) => ({ 'https://api.openai.com/auth': claims });
const profile = (email: string) => ({ 'https://api.openai.com/profile': { email } });
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
const read = (idTokenClaims: object, accessClaims: object | 'opaque') =>
  readIdentity('openai-codex', chatgpt, {
    idTokenClaims: idTokenClaims as Record<string, unknown>,
    accessToken: accessClaims === 'opaque' ? 'opaque' : jwt(accessClaims),
  });

describe('the identity of a login', () => {
  test('is account, user, plan and e-mail, and an id as OpenClaw names it', () => {
    const claims = {
      ...auth({ chatgpt_account_id: 'a1', chatgpt_user_id: 'u1', chatgpt_plan_type: 'plus' }),
      ...profile('me@example.com'),
    };
    expect(read({}, claims)).toEqual({
      accountId: 'a1',
      userId: 'u1',
      plan: 'plus',
      email: 'me@example.com',
      profileId: 'openai-codex:me@example.com',
    });
  });

  test('comes from the ID token where the access token does not say', () => {
    expect(read({ email: 'me@example.com', ...auth({ chatgpt_account_id: 'a1' }) }, 'opaque')).toMatchObject({
      accountId: 'a1',
      email: 'me@example.com',
    });
  });

  test('without an account in either token is an error of its own (openclaw #36604)', () => {
    expect(() => read(profile('me@example.com'), profile('me@example.com'))).toThrow(
      expect.objectContaining({ code: 'ERR_ACCOUNT_MISSING', exitCode: 8 }),
    );
  });

  test.each([
    [{ chatgpt_account_user_id: 'au', chatgpt_user_id: 'u', user_id: 'x' }, 'au'],
    [{ chatgpt_user_id: 'u', user_id: 'x' }, 'u'],
    [{ user_id: 'x' }, 'x'],
  ])('without an e-mail is named by the user: %o', (claims, subject) => {
    const id = `openai-codex:id-${Buffer.from(subject).toString('base64url')}`;
    expect(read({}, auth({ chatgpt_account_id: 'a', ...claims })).profileId).toBe(id);
  });

  test('without e-mail and user is named by issuer and subject', () => {
    const id = `openai-codex:id-${Buffer.from('https://i|s').toString('base64url')}`;
    expect(read({}, { iss: 'https://i', sub: 's', ...auth({ chatgpt_account_id: 'a' }) }).profileId).toBe(id);
  });

  test.each(['me@ex\u001bample.com', 'a b@c', 'no-at', `${'x'.repeat(300)}@e`])(
    'takes no e-mail that a terminal or an id cannot hold: %j',
    (email) => {
      expect(
        read({}, { ...auth({ chatgpt_account_id: 'a', user_id: 'u' }), ...profile(email) }).email,
      ).toBeUndefined();
    },
  );

  test('with a discovered server is iss and sub, the e-mail optional, the access token opaque', () => {
    const identity = readIdentity(
      'openai-codex',
      { kind: 'subject' },
      { idTokenClaims: { iss: 'https://i', sub: 's' }, accessToken: 'opaque' },
    );
    expect(identity).toEqual({
      accountId: 'https://i|s',
      profileId: `openai-codex:id-${Buffer.from('https://i|s').toString('base64url')}`,
    });
  });
});

describe('a stored credential', () => {
  const identity = { accountId: 'a1', userId: 'u1', profileId: 'x' };
  const stored = (accountId: string, userId?: string) => ({
    access: jwt(auth({ chatgpt_account_id: accountId, ...(userId ? { chatgpt_user_id: userId } : {}) })),
  });

  test('belongs to the same account only if account and user agree, whatever the e-mail', () => {
    expect(compareAccount(stored('a1', 'u1'), chatgpt, identity)).toBe('same');
    expect(compareAccount(stored('a1'), chatgpt, identity)).toBe('unknown');
    expect(compareAccount(stored('a2', 'u1'), chatgpt, identity)).toBe('other');
    expect(compareAccount(stored('a1', 'u2'), chatgpt, identity)).toBe('other');
  });

  test('that names no user is somebody else’s or ours by its e-mail: a workspace has many people', () => {
    const me = { ...identity, email: 'me@example.com' };
    const opaque = (email?: string) => ({ access: 'opaque', accountId: 'a1', ...(email ? { email } : {}) });
    expect(compareAccount(opaque('Me@example.com'), chatgpt, me)).toBe('same');
    expect(compareAccount(opaque('colleague@example.com'), chatgpt, me)).toBe('other');
    expect(compareAccount(opaque(), chatgpt, me)).toBe('unknown');
    expect(compareAccount({ access: 'opaque', accountId: 'a2', email: 'me@example.com' }, chatgpt, me)).toBe(
      'other',
    );
    expect(compareAccount({ access: 'opaque' }, chatgpt, me)).toBe('unknown');
  });

  test('tells who its owner is, for showing', () => {
    const access = jwt({ ...auth({ chatgpt_plan_type: 'team' }), ...profile('me@example.com') });
    expect(readIdentityOf({ access }, chatgpt)).toEqual({ email: 'me@example.com', plan: 'team' });
    expect(readIdentityOf({ access: 'opaque', email: 'you@example.com' }, chatgpt)).toEqual({
      email: 'you@example.com',
    });
  });
});
