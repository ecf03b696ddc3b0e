import { describe, expect, test } from 'vitest';

import { type Account, createUserAgent, defaultAccounts } from '../../mocks/index.ts';
import { openMemoryStore } from '../../src/store/memory-store.ts';
import { signIn } from '../support/sign-in.ts';

const [person] = defaultAccounts;
const elsewhere = { ...person, accountId: 'ws-second' } as Account;

describe('one e-mail in two workspaces', () => {
  test('is two credentials: the second never overwrites the first', async () => {
    const store = openMemoryStore();
    const first = await signIn({ store });
    const second = await signIn({ store, accounts: [elsewhere] });
    expect(second.result?.profileId).not.toBe(first.result?.profileId);
    expect(second.result?.order).toEqual([second.result?.profileId, first.result?.profileId]);
    expect(Object.keys((await store.read()).state.profiles)).toHaveLength(2);
  });

  test('another account under an id that is taken is refused, unless it is to be replaced', async () => {
    const store = openMemoryStore();
    await signIn({ store, profileId: 'openai-codex:work' });
    const before = await store.read();
    const refused = await signIn({ store, profileId: 'openai-codex:work', accounts: [elsewhere] });
    expect(refused.error).toMatchObject({ code: 'ERR_USAGE' });
    expect((await store.read()).state).toEqual(before.state);
    const replaced = await signIn({
      store,
      profileId: 'openai-codex:work',
      replace: true,
      accounts: [elsewhere],
    });
    expect(replaced.result).toMatchObject({ profileId: 'openai-codex:work', accountId: 'ws-second' });
  });
});

describe('--workspace', () => {
  const asked = (url: string | undefined) =>
    new URL(url ?? 'http://x').searchParams.get('allowed_workspace_id');

  test('is asked for, and the account that came back is in it', async () => {
    const { result, events } = await signIn({ workspace: `other, ${person?.accountId}` });
    expect(result?.accountId).toBe(person?.accountId);
    const url = events.find((event) => event.type === 'authorization_url')?.url;
    expect(asked(url)).toBe(`other,${person?.accountId}`);
  });

  test('an account of another workspace is refused, and nothing stored, where the server lets it through', async () => {
    const agent = createUserAgent();
    let url = 'http://x';
    const { error, store } = await signIn({
      workspace: 'ws-second',
      agent,
      onEvent: (event) => {
        if (event.type === 'authorization_url') url = event.url;
      },
      openUrl: (_, signal) => {
        const unasked = new URL(url);
        unasked.searchParams.delete('allowed_workspace_id');
        return agent.openUrl(unasked.href, signal);
      },
    });
    expect(error).toMatchObject({ code: 'ERR_WORKSPACE_MISMATCH', exitCode: 8 });
    expect((await store.read()).state.profiles).toEqual({});
  });

  test('is an id, and nothing else', async () => {
    const { error } = await signIn({ workspace: 'a b' });
    expect(error).toMatchObject({ code: 'ERR_USAGE' });
  });
});
