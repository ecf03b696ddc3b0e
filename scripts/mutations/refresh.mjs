// Ways to break the refresh protocol, rule by rule (docs/refresh.md), logout and accounts: description, file, edits, test file, test name.

const PROTOCOL = 'test/unit/refresh/protocol.test.ts';
const EDITS = 'test/unit/store/edits/refresh.test.ts';
const LOGOUT = 'test/unit/logout.test.ts';

/** @type {import('../mutations.mjs').Mutation[]} */
export const mutations = [
  [
    'refresh 0: what is fresh is refreshed',
    'src/refresh/freshness.ts',
    [
      [
        'return token.access !== need.rejected && token.expires - now > marginOf',
        'return token.access === need.rejected && token.expires - now > marginOf',
      ],
    ],
    PROTOCOL,
    'used while it is fresh',
  ],
  [
    'refresh 0: a rejected token that is stored no more is refreshed again',
    'src/refresh/freshness.ts',
    [
      [
        'return token.access !== need.rejected && token.expires - now > marginOf',
        'return need.rejected === undefined && token.expires - now > marginOf',
      ],
    ],
    PROTOCOL,
    'a token that an API rejected',
  ],
  [
    'refresh 0: what nobody here can refresh is handed out whatever was asked for',
    'src/require-credential.ts',
    [
      [
        'if (!options.forceRefresh && isUsable({ access, expires }, need, chosen.now))',
        'if (access !== expires)',
      ],
    ],
    PROTOCOL,
    'a token that nobody here can refresh is not handed out',
  ],
  [
    'logout: revoked, and then not removed',
    'src/logout.ts',
    [['    await settings.opened.store.probe?.();\n', '']],
    LOGOUT,
    'revokes nothing where the store could not be written',
  ],
  [
    'refresh 0: no single flight',
    'src/refresh/flight.ts',
    [['if (there !== undefined) {', 'if (there === undefined && context.profileId === "") {']],
    PROTOCOL,
    'one flight at a time in one process',
  ],
  [
    'refresh 0: the token goes to the default server',
    'src/credential/issued-by.ts',
    [
      [
        'if (issuer === undefined || withoutSlash(issuer) === base.issuer)',
        'if (issuer === undefined || client !== undefined)',
      ],
    ],
    PROTOCOL,
    'to the server that issued it',
  ],
  [
    'refresh 1: no claim is written',
    'src/store/edits/refresh.ts',
    [['const claimed = { ...profile, claim };', 'const claimed = profile;']],
    PROTOCOL,
    'of which the store tells while the request is out',
  ],
  [
    'refresh 1: freshness is not looked at again',
    'src/store/edits/refresh.ts',
    [["  if (request.isFresh(profile)) return { write: false, result: { kind: 'fresh', profile } };\n", '']],
    EDITS,
    'is not made where somebody refreshed in the meantime',
  ],
  [
    'refresh 2: a live claim is taken',
    'src/store/edits/refresh.ts',
    [['return claim !== undefined && claim.until > now;', 'return claim === undefined;']],
    PROTOCOL,
    'is waited for where it has expired',
  ],
  [
    'refresh 2: a valid token waits for somebody else',
    'src/require-credential.ts',
    [
      [
        'if (isClaimed(profile, now) && !isUnderWay(store, profileId)) {\n      if (usable) return asIs();',
        'if (isClaimed(profile, now) && !isUnderWay(store, profileId)) {',
      ],
    ],
    PROTOCOL,
    'is left alone, and the access token used',
  ],
  [
    'refresh 3: no self-check',
    'src/refresh.ts',
    [['if (hasPaused(claimedAt, clock) || signal.aborted) {', 'if (signal.aborted) {']],
    PROTOCOL,
    'presents nothing where its claim is somebody else’s by then',
  ],
  [
    'refresh 3: a claim whose acknowledgement was lost is as young as the run that finds it',
    'src/refresh.ts',
    [['claimedAt = decision.write ? ranAt : begunAt;', 'claimedAt = ranAt;']],
    PROTOCOL,
    'does not take its old claim for a new one',
  ],
  [
    'refresh 8: the claim that was taken over is forgotten where the acknowledgement was lost',
    'src/refresh.ts',
    [
      [
        "if (decision.write && decision.result.kind === 'claimed') previous = decision.result.previous;",
        "if (decision.result.kind === 'claimed') previous = decision.result.previous;",
      ],
    ],
    PROTOCOL,
    'still names the one that it took over',
  ],
  [
    'refresh 3: only the wall clock is asked',
    'src/refresh/self-check.ts',
    [
      [
        'Math.max(monotonic - since.monotonic, wall - since.wall)',
        'Math.max(0 * monotonic, wall - since.wall)',
      ],
    ],
    PROTOCOL,
    'is found out by the monotonic clock too',
  ],
  [
    'refresh 3: only the monotonic clock is asked',
    'src/refresh/self-check.ts',
    [
      [
        'const wall = clock.now();\n  return { monotonic: clock.monotonic?.() ?? wall, wall };',
        'return { monotonic: clock.monotonic?.() ?? 0, wall: 0 };',
      ],
    ],
    PROTOCOL,
    'drops it and starts over, by the wall clock',
  ],
  [
    'refresh 4: the request is aborted with the caller',
    'src/refresh/flight.ts',
    [
      ['if (flight.waiting > 0 || isSent) return;', 'if (flight.waiting > 0) return;'],
      [
        '{ ...context, signal: stop.signal, onSent }',
        '{ ...context, fetch: (url, init) => context.fetch(url, { ...init, signal: stop.signal }), signal: stop.signal, onSent }',
      ],
    ],
    PROTOCOL,
    'is never aborted: whoever stops waiting leaves it',
  ],
  [
    'refresh 4: the answer is waited for without end',
    'src/refresh/flight.ts',
    [['clock.sleep(ANSWER_WAIT_MS, landed.signal)', 'clock.sleep(Infinity, landed.signal)']],
    PROTOCOL,
    'is waited for 30 s',
  ],
  [
    'refresh 5: the settle rule: stored whatever is there by now',
    'src/store/edits/refresh.ts',
    [
      [
        '  if (profile.refresh !== presented) {\n    // Stored',
        '  if (profile.refresh === "") {\n    // Stored',
      ],
    ],
    PROTOCOL,
    'never replaces a newer token',
  ],
  [
    'refresh 5: only the holder may settle',
    'src/store/edits/refresh.ts',
    [
      [
        'const { claim: _, dead: __, ...rest } = profile;\n  const settled',
        "if (profile.claim?.id === 'theirs') return { write: false, result: { kind: 'superseded', profile } };\n  const { claim: _, dead: __, ...rest } = profile;\n  const settled",
      ],
    ],
    EDITS,
    'counts whoever has the claim by now',
  ],
  [
    'refresh 5: a late answer does not revive a login',
    'src/store/edits/refresh.ts',
    [
      [
        'const { claim: _, dead: __, ...rest } = profile;\n  const settled',
        'const { claim: _, ...rest } = profile;\n  const settled',
      ],
    ],
    PROTOCOL,
    'revives a login that was taken for dead',
  ],
  [
    'refresh 5: a running gateway is not told',
    'src/refresh.ts',
    [['async () => void (await context.whenStored?.().catch(() => undefined))', 'async () => undefined']],
    PROTOCOL,
    'is told to a running gateway',
  ],
  [
    'refresh 5: an outage of the store loses the rotation',
    'src/words/outage.ts',
    [
      [
        'if (!(thrown instanceof StoreError) || waitedMs >= forMs || !passes(thrown)) throw thrown;',
        'throw thrown;',
      ],
    ],
    PROTOCOL,
    'outlives an outage of the store',
  ],
  [
    'refresh 5: what the answer leaves out is lost',
    'src/store/edits/refresh.ts',
    [['refresh = presented, expires', 'refresh = "gone", expires']],
    PROTOCOL,
    'R-6749-3 keeps what the answer leaves out',
  ],
  [
    'refresh 5: the old refresh token stays',
    'src/oauth/refresh-response.ts',
    [['...(refresh === undefined ? {} : { refresh }),', '']],
    PROTOCOL,
    'R-9700-5 and refreshed where it has expired',
  ],
  [
    'refresh 6: the refusal rule: whoever lost marks the winner',
    'src/store/edits/refresh.ts',
    [
      [
        "  if (profile.refresh !== presented) return { write: false, result: { kind: 'superseded', profile } };\n",
        '',
      ],
    ],
    PROTOCOL,
    'never marks the winner’s token',
  ],
  [
    'refresh 6: whoever has no claim marks',
    'src/store/edits/refresh.ts',
    [
      [
        'if (profile.claim?.id !== claimId)\n    return { write: false, result: { kind: isDead',
        'if (profile.claim === undefined)\n    return { write: false, result: { kind: isDead',
      ],
    ],
    PROTOCOL,
    'never marks where the claim is somebody else’s',
  ],
  [
    'refresh 6: a refused token is presented again',
    'src/store/edits/refresh.ts',
    [["  if (isDead(profile)) return { write: false, result: { kind: 'dead', profile } };\n", '']],
    EDITS,
    'is not made on a token that was refused',
  ],
  [
    'refresh 6: a terminal refusal is taken for a passing one',
    'src/oauth/refresh-response.ts',
    [["  'app_session_terminated',\n", '']],
    PROTOCOL,
    'R-6749-4 of app_session_terminated is for good',
  ],
  [
    'refresh 7: a claim under which nothing was sent stays',
    'src/refresh.ts',
    [['  await release();\n  if (!isWorthIt)', '  if (!isWorthIt)']],
    PROTOCOL,
    'because the request itself was wrong',
  ],
  [
    'refresh 7: a server error counts as not used up',
    'src/oauth/refresh-response.ts',
    [['if (status === 429) return', 'if (status === 429 || status >= 500) return']],
    PROTOCOL,
    'R-6749-4 after 500 nothing is known',
  ],
  [
    'refresh 7: a broken connection counts as not sent',
    'src/oauth/refresh-request.ts',
    [['return nothingSent ?', 'return nothingSent || !mayPass ?']],
    PROTOCOL,
    'R-6749-4 after a connection that broke',
  ],
  [
    'refresh 7: Retry-After is not kept',
    'src/refresh.ts',
    [['if (isWorthIt && answer.retryAfterMs !== undefined) await clock.sleep(pauseMs);', '']],
    PROTOCOL,
    'is sent again after Retry-After',
  ],
  [
    'refresh 8: a claim is taken over before its time',
    'src/store/edits/refresh.ts',
    [
      [
        'return claim !== undefined && claim.until > now;',
        'return claim !== undefined && claim.until > now + 30_000;',
      ],
    ],
    PROTOCOL,
    'is taken over at `until` and not before',
  ],
  [
    'refresh 8: who never reported back is not named',
    'src/refresh.ts',
    [['...(previous === undefined ? {} : { unreported: previous })', '...{}']],
    PROTOCOL,
    'is named where that is refused',
  ],
  [
    'refresh 8: every claim is for ten minutes',
    'src/store/edits/refresh.ts',
    [['CLAIM_EXPIRED_MS = 90_000', 'CLAIM_EXPIRED_MS = 600_000']],
    PROTOCOL,
    'of which the store tells while the request is out',
  ],
  [
    'refresh 9: a login keeps what refreshes left',
    'src/store/edits/login.ts',
    [['...withoutRefreshMarks(previous ?? {})', '...previous']],
    'test/store/conformance.test.ts',
    'keeps what a refusal says until a login clears it',
  ],
  [
    'refresh: an ID token of somebody else is taken',
    'src/oauth/refresh-response.ts',
    [["(typeof before === 'string' && claims.sub !== before)", 'before === claims']],
    PROTOCOL,
    'of another person leaves',
  ],
  [
    'refresh: an ID token of another issuer is taken',
    'src/oauth/refresh-response.ts',
    [['if (claims.iss !== metadata.issuer)', 'if (metadata.issuer === "")']],
    PROTOCOL,
    'of another issuer leaves',
  ],
  [
    'refresh: OpenClaw’s database is refreshed from',
    'src/require-credential.ts',
    [["if (store.info.kind === 'openclaw' || isDead(profile)) {", 'if (isDead(profile)) {']],
    PROTOCOL,
    'is left to OpenClaw',
  ],
  [
    'refresh: the locks are not renewed',
    'src/store/file/exclusion.ts',
    [['for (const lock of locks) lock.renew();', '']],
    'test/store/exclusion.test.ts',
    'every 10 s',
  ],
  [
    'refresh: the locks are held for ever',
    'src/store/file/exclusion.ts',
    [['EXCLUDE_AT_MOST_MS = 90_000', 'EXCLUDE_AT_MOST_MS = 900_000']],
    'test/store/exclusion.test.ts',
    'let go after 90 s',
  ],
  [
    'refresh: OpenClaw’s refresh lock is not taken',
    'src/agents/agent-stores.ts',
    [['statePath, lockWaitMs, refreshLock });', 'statePath, lockWaitMs });']],
    'test/store/exclusion.test.ts',
    'by the refresh lock too',
  ],
  [
    'logout: the access token first',
    'src/logout.ts',
    [
      [
        "revokeToken(refresh, 'refresh_token', context)",
        "revokeToken(String(access), 'access_token', context)",
      ],
    ],
    LOGOUT,
    'R-7009-1 revokes the refresh token first',
  ],
  [
    'logout: what was not revoked is removed',
    'src/logout.ts',
    [
      [
        'revoked.refreshToken?.revoked === false && !options.force',
        'revoked.refreshToken?.revoked === false && options.local',
      ],
    ],
    LOGOUT,
    'R-7009-2 keeps what could not be revoked',
  ],
  [
    'logout: 503 is final',
    'src/oauth/revocation.ts',
    [
      [
        'if (response.status !== 503) return { outcome };',
        'if (response.status !== 200) return { outcome };',
      ],
    ],
    LOGOUT,
    'R-7009-2 asks again after 503',
  ],
  [
    'logout: another credential is removed unrevoked',
    'src/logout.ts',
    [
      [
        'isRemoved = there === undefined || (there.refresh === revoked.refresh && !isClaimed);',
        'isRemoved = true;',
      ],
    ],
    LOGOUT,
    'begins anew',
  ],
  [
    'logout: the order keeps its name',
    'src/store/edits/removal.ts',
    [['inKeyOrderOf(state, withoutInOrders(kept, profileId))', 'inKeyOrderOf(state, kept)']],
    LOGOUT,
    'leaves the others in the order',
  ],
  [
    'logout: another server is told the token',
    'src/credential/issued-by.ts',
    [['throw foreignIssuer(profileId, issuer, asked);', 'void foreignIssuer;']],
    LOGOUT,
    'refuses another one that is named',
  ],
  [
    'accounts: any workspace will do',
    'src/login.ts',
    [['    assertWorkspace(identity, settings.workspaces);\n', '']],
    'test/unit/accounts.test.ts',
    'where the server lets it through',
  ],
  [
    'accounts: no workspace is asked for',
    'src/login/workspace.ts',
    [["extraParameters: { ...provider.extraParameters, allowed_workspace_id: ids.join(',') },", '']],
    'test/unit/accounts.test.ts',
    'is asked for',
  ],
  [
    'logout revokes a token that somebody presents',
    'src/logout.ts',
    [['if (claim === undefined || options.force) return chosen;', 'if (claim !== null) return chosen;']],
    LOGOUT,
    'waits, and ends what came of it (--local: false)',
  ],
  [
    'logout removes a login whose refresh was begun while it was revoked',
    'src/logout.ts',
    [['const isClaimed = !force && liveClaimIn(', 'const isClaimed = force === null && liveClaimIn(']],
    LOGOUT,
    'or begins to while the server revokes, waits for that too',
  ],
];
