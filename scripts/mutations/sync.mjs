// Ways to break sync, rule by rule (docs/sync.md): description, file, edits, test file, test name.

const SYNC = 'test/unit/synchronize.test.ts';

/** @type {import('../mutations.mjs').Mutation[]} */
export const mutations = [
  [
    'sync: two refreshers of one login in this host’s store',
    'src/store/edits/access.ts',
    [
      [
        "if (holder !== undefined) return { write: false, result: { kind: 'refreshable', holder } };",
        "if (holder === '') return { write: false, result: { kind: 'refreshable', holder } };",
      ],
    ],
    SYNC,
    'are refused where this host has a refresh token of the same account',
  ],
  [
    'sync: two refreshers of one login, the second in main’s store',
    'src/synchronize/target.ts',
    [['if (to.inheritsFrom !== undefined) {', 'if (to.inheritsFrom === null) {']],
    SYNC,
    'main’s store, which the agent that is meant inherits from',
  ],
  [
    'sync: whatever the provider is, its token is OpenAI’s in OpenClaw’s store',
    'src/synchronize.ts',
    [['openCredentialStore({ clock, provider: provider.id })', 'openCredentialStore({ clock })']],
    SYNC,
    'the token of another provider is not OpenAI’s there',
  ],
  [
    'sync: two refreshers of one login, the second in another agent’s store',
    'src/synchronize/target.ts',
    [
      [
        'if (twin !== undefined) throw refuse(twin, follower.store.info.location);',
        "if (twin === '') throw refuse(twin, follower.store.info.location);",
      ],
    ],
    SYNC,
    'another agent’s store that has the refresh token',
  ],
  [
    'sync: another account’s refresh token counts as a second refresher',
    'src/store/edits/access.ts',
    [["return verdict === 'same' || (verdict === 'unknown' && mayBe);", 'return true;']],
    SYNC,
    'another account’s refresh token is none of its business',
  ],
  [
    'sync: a second refresher that comes later does not end it',
    'src/synchronize.ts',
    [["new Set(['ERR_USAGE', 'ERR_SECOND_REFRESHER', 'ERR_UNEXPECTED'])", "new Set(['ERR_USAGE'])"]],
    SYNC,
    'end a running sync, because a person has to decide',
  ],
  [
    'sync: one store for both is taken',
    'src/synchronize.ts',
    [['if (isSame) throw sameStoreError(location);', '']],
    SYNC,
    'one store for both is a slip of the pen',
  ],
  [
    'sync: a store that hosts share is taken for this host’s',
    'src/synchronize.ts',
    [["if (scope === 'network') throw sharedTargetError(location);", '']],
    SYNC,
    'a store that hosts share is no store of this host',
  ],
  [
    'sync: the profile is not in the order',
    'src/store/edits/access.ts',
    [
      [
        ': [profileId, ...new Set((before ?? access.routableBefore).filter((id) => id !== profileId))];',
        ': [...new Set(before ?? access.routableBefore)];',
      ],
    ],
    SYNC,
    'in the order and lastGood, by one commit',
  ],
  [
    'sync: an order that names it is changed',
    'src/store/edits/access.ts',
    [['const order = before?.includes(profileId)', "const order = before?.includes('')"]],
    SYNC,
    'keeps its place in an order that names it',
  ],
  [
    'sync: what was routable is shut out by the new order',
    'src/store/edits/access.ts',
    [['(before ?? access.routableBefore)', '(before ?? [])']],
    SYNC,
    'what was routable without an order stays so behind it',
  ],
  [
    'sync: the cooldown of the token before stays',
    'src/store/edits/access.ts',
    [['{ usageStats: isNew ? clearWindows(usageStats, profileId) : usageStats }', '{ usageStats }']],
    SYNC,
    'ends the cooldown of the token before',
  ],
  [
    'sync: another credential under the id is overwritten',
    'src/store/edits/access.ts',
    [["return verdict === 'same' || (verdict === 'unknown' && stored.type === 'token');", 'return true;']],
    SYNC,
    'another credential under its id is kept',
  ],
  [
    'sync: what is there already is written again',
    'src/store/edits/access.ts',
    [['const changed = !isDeepStrictEqual(next, state);', 'const changed = state !== undefined;']],
    SYNC,
    'what is there already is left alone',
  ],
  [
    'sync: the provider keeps the name of the shared store',
    'src/synchronize/target.ts',
    [['credential.profileId.startsWith(prefix)', "credential.profileId === ''"]],
    SYNC,
    'goes by the name that this OpenClaw has',
  ],
  [
    'sync: an agent that hides it is passed over where main had it already',
    'src/synchronize/target.ts',
    [
      [
        'return followers.some((one) => hidesAccess(one.state, { provider, profileId }))',
        "return followers.some((one) => one.agent === '')",
      ],
    ],
    SYNC,
    'whose own order leaves it out gets it in front',
  ],
  [
    'sync: this host’s own store is never looked at again',
    'src/synchronize.ts',
    [['now - last.checkedAt < CHECK_MS', 'last.checkedAt < CHECK_MS ** 9']],
    SYNC,
    'looks at its own store again',
  ],
  [
    'sync: a change in the shared store is not noticed',
    'src/synchronize.ts',
    [['if (last?.accessToken === accessToken && now', 'if (last !== undefined && now']],
    SYNC,
    'notices a change within its interval',
  ],
  [
    'sync: it looks no more often near the end of a token',
    'src/synchronize/pace.ts',
    [['Math.min(intervalMs, Math.max(left / 4, SHORTEST_MS))', 'Math.max(intervalMs, left * 0)']],
    SYNC,
    'keeps a token that lives for seconds good',
  ],
  [
    'sync: refresh: false refreshes',
    'src/synchronize/source.ts',
    [['options.refresh === false', "options.profileId === ''"]],
    SYNC,
    'with refresh: false it reads only',
  ],
  [
    'sync: an outage of the shared store ends it',
    'src/synchronize.ts',
    [['if (FINAL.has(error.code)) throw error;', "if (error.code !== '') throw error;"]],
    SYNC,
    'this host keeps what it has',
  ],
  [
    'sync: it does not back off',
    'src/synchronize/pace.ts',
    [['SHORTEST_MS * 2 ** Math.min(failures, 20)', 'SHORTEST_MS']],
    SYNC,
    'this host keeps what it has',
  ],
  [
    'sync: the end of what this host has is not told',
    'src/synchronize.ts',
    [
      [
        'const expired = expires === undefined ? undefined : expires <= clock.now();',
        'const expired = false;',
      ],
    ],
    SYNC,
    'this host keeps what it has',
  ],
  [
    'sync: what this host has is not known from the start',
    'src/synchronize.ts',
    [['held ??= await heldNow(options);', '']],
    SYNC,
    'from the start, what this host has is told',
  ],
  [
    'sync: a refresh that fails is not told while the token is good',
    'src/require-credential.ts',
    [['if (error !== undefined) options.onUnrefreshed?.(error);', '']],
    SYNC,
    'why it is not renewed is told',
  ],
  [
    'sync: a login that is over is not told while the token is good',
    'src/require-credential.ts',
    [['if (over !== undefined) options.onUnrefreshed?.(over);', '']],
    SYNC,
    'a login that the server has ended is told',
  ],
  [
    'sync: a gateway that could not be told is never told again',
    'src/synchronize/target.ts',
    [
      [
        'if (request.tellAgain && gateway === undefined)',
        "if (request.from === '' && gateway === undefined)",
      ],
    ],
    SYNC,
    'tells a gateway again that could not be told',
  ],
  [
    'sync: a listener that throws ends it',
    'src/synchronize.ts',
    [['    } catch {\n      // The listener’s fault', '    } finally {\n      // The listener’s fault']],
    SYNC,
    'an event listener that throws lets no token expire',
  ],
];
