// What is broken on purpose, and the test that has to notice: [what, file, [[find, replace], …], test file, part of the test's name].
// `find` must occur exactly once.

const authorization = 'test/unit/oauth/authorization-response.test.ts';
const request = 'test/unit/oauth/authorization-request.test.ts';
const callback = 'test/unit/loopback/callback-server.test.ts';
const login = 'test/unit/login.test.ts';
const listen = 'test/unit/loopback/listen.test.ts';
const atomic = 'test/store/atomic-write.test.ts';
const conformance = 'test/store/conformance.test.ts';
const lock = 'test/store/sidecar-lock.test.ts';
const edits = 'test/unit/store/edits.test.ts';
const selection = 'test/unit/store/selection.test.ts';
const backup = 'test/unit/store/backup.test.ts';
const damaged = 'test/unit/doctor/damaged-stores.test.ts';
const repairs = 'test/unit/doctor/repair.test.ts';

export const mutations = [
  // The nine that the first release is held to.
  [
    'no fsync',
    'src/store/atomic-write.ts',
    [['      fs.fsyncSync(descriptor);\n    } finally', '    } finally']],
    atomic,
    'S-8 synchronizes the temporary file',
  ],
  [
    'write in place',
    'src/store/atomic-write.ts',
    [
      ["fs.openSync(temporary, 'wx', FILE_MODE)", "fs.openSync(target, 'w', FILE_MODE)"],
      ['    fs.renameSync(temporary, target);\n', ''],
    ],
    atomic,
    'S-2 S-7 that fails at',
  ],
  [
    'lock skipped',
    'src/store/file-store.ts',
    [
      [
        'await takeSidecarLock(location, { clock, signal, waitMs: lockWaitMs })',
        "{ path: '', isHeld: () => true, release() {} }",
      ],
    ],
    conformance,
    'S-5 loses no update',
  ],
  [
    'order replaced instead of promoted',
    'src/store/edits.ts',
    [['const followers = login.only ?', 'const followers = true ?']],
    edits,
    'promotes the profile in an order',
  ],
  [
    'page before the commit',
    'src/login.ts',
    [
      [
        '    const recorded = await recordGrant(',
        "    callback.conclude((await import('./loopback/pages.ts')).strayPage(404));\n    await callback.delivered;\n    const recorded = await recordGrant(",
      ],
    ],
    login,
    'shows success only after the commit',
  ],
  [
    'state not compared',
    'src/oauth/authorization-response.ts',
    [
      [
        "  if (!accepted.some((candidate) => equalInConstantTime(candidate, state))) return stray('wrong state');\n",
        '',
      ],
    ],
    authorization,
    'R-9700-1',
  ],
  [
    'signature not checked',
    'src/oauth/id-token.ts',
    [
      [
        'jose.jwtVerify(idToken, context.keys.find, {',
        'Promise.resolve({ payload: jose.decodeJwt(idToken) }, {',
      ],
    ],
    login,
    'id-token-bad-signature',
  ],
  [
    'Host not checked',
    'src/loopback/app.ts',
    [['  app.use(onlyOwnHosts(options));\n', '']],
    callback,
    'answers another Host',
  ],
  [
    'listener on all interfaces',
    'src/loopback/listen.ts',
    [['server.listen({ host, port,', "server.listen({ host: host.includes(':') ? '::' : '0.0.0.0', port,"]],
    listen,
    'R-8252-2',
  ],

  // One for every other requirement that a test carries in its name.
  [
    'only one address family',
    'src/loopback/listen.ts',
    [["const dualStack = hostname === 'localhost';", 'const dualStack = false;']],
    listen,
    'R-8252-5 answer on both',
  ],
  [
    'a family that is taken is passed over',
    'src/loopback/listen.ts',
    [["code === 'EADDRNOTAVAIL' ||", "code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL' ||"]],
    listen,
    'when ::1 alone is taken',
  ],
  ['sockets left open', 'src/login.ts', [['    await callback?.close();\n', '']], login, 'R-8252-6'],
  [
    'idle connections without limit',
    'src/loopback/listen.ts',
    [['    if (idle.size > MOST_IDLE_CONNECTIONS) oldest?.destroy();\n', '']],
    callback,
    'R-METHOD bounds how many',
  ],
  [
    'verifier too short',
    'src/oauth/authorization-request.ts',
    [['base64url(randomBytes(64))', 'base64url(randomBytes(24))']],
    request,
    'R-7636-1',
  ],
  [
    'challenge with padding',
    'src/oauth/authorization-request.ts',
    [["update(codeVerifier, 'ascii').digest('base64url')", "update(codeVerifier, 'ascii').digest('base64')"]],
    request,
    'R-7636-2',
  ],
  [
    'plain challenge',
    'src/oauth/authorization-request.ts',
    [["code_challenge_method: 'S256'", "code_challenge_method: 'plain'"]],
    request,
    'R-7636-3',
  ],
  [
    'one verifier for every attempt',
    'src/oauth/authorization-request.ts',
    [['const codeVerifier = base64url(randomBytes(64));', "const codeVerifier = 'v'.repeat(86);"]],
    request,
    'R-7636-4',
  ],
  [
    'metadata that offers plain only is believed',
    'src/oauth/configuration.ts',
    [["!(Array.isArray(methods) && methods.includes('S256'))", '!Array.isArray(methods)']],
    login,
    'discovery-plain-pkce',
  ],
  [
    'iss not compared',
    'src/oauth/authorization-response.ts',
    [['iss !== metadata.issuer', 'false']],
    authorization,
    'R-9207-1',
  ],
  [
    'promised iss not demanded',
    'src/oauth/authorization-response.ts',
    [['iss === null ? metadata.issParameterSupported :', 'iss === null ? false :']],
    authorization,
    'R-9207-2',
  ],
  [
    'duplicated parameters believed',
    'src/oauth/authorization-response.ts',
    [["return stray('duplicated parameter')", "void stray('duplicated parameter')"]],
    authorization,
    'R-6749-6',
  ],
  [
    'front-channel tokens believed',
    'src/oauth/authorization-response.ts',
    [["return stray('tokens in the front channel')", "void stray('tokens in the front channel')"]],
    authorization,
    'R-9700-4',
  ],
  [
    'error description as it comes',
    'src/oauth/authorization-response.ts',
    [['const told = foreignText(description);', 'const told = description;']],
    authorization,
    'R-6749-1 has its description',
  ],
  [
    'a second callback is a second answer',
    'src/loopback/receiver.ts',
    [["if (query !== settledBy) return turnedAway('already answered');", '']],
    'test/unit/loopback/receiver.test.ts',
    'R-9700-1',
  ],
  [
    'copies held without limit',
    'src/loopback/receiver.ts',
    [['concluded || held < MOST_HELD', 'true']],
    'test/unit/loopback/receiver.test.ts',
    'R-FLOOD',
  ],
  [
    'HEAD settles',
    'src/loopback/app.ts',
    [
      ["if (request.method === 'HEAD') return", "if (request.method === 'NOPE') return"],
      ["if (request.method !== 'GET') {", "if (request.method !== 'GET' && request.method !== 'HEAD') {"],
    ],
    callback,
    'answers HEAD',
  ],
  [
    'POST settles',
    'src/loopback/app.ts',
    [["if (request.method !== 'GET') {", "if (request.method === 'PUT') {"]],
    callback,
    'answers POST',
  ],
  [
    'fetch metadata ignored',
    'src/loopback/app.ts',
    [['if (foreign !== undefined) {', 'if (false) {']],
    callback,
    'answers a frame',
  ],
  ['policy missing', 'src/loopback/headers.ts', [["default-src 'none'; ", '']], callback, 'R-HEADERS'],
  [
    'code stays in the address bar',
    'src/loopback/app.ts',
    [['response.redirect(303, path);', 'response.status(200).end(path);']],
    callback,
    'R-9700-3',
  ],
  [
    'audience not checked',
    'src/oauth/id-token.ts',
    [['      audience: provider.clientId,\n', '']],
    'test/unit/oauth/id-token.test.ts',
    'R-OIDC-1',
  ],
  [
    'azp not checked',
    'src/oauth/id-token.ts',
    [['claims.azp !== undefined && claims.azp !== provider.clientId', 'false']],
    'test/unit/oauth/id-token.test.ts',
    'R-OIDC-1',
  ],
  [
    'HS256 allowed',
    'src/oauth/id-token.ts',
    [
      [
        'algorithms: [provider.idTokenSigningAlgorithm]',
        "algorithms: [provider.idTokenSigningAlgorithm, 'RS384']",
      ],
    ],
    'test/unit/oauth/id-token.test.ts',
    'R-OIDC-2',
  ],
  [
    'keys never fetched again',
    'src/oauth/id-token.ts',
    [['cooldownDuration: 0', 'cooldownDuration: 600_000']],
    login,
    'jwks-rotated',
  ],
  [
    'iat not checked',
    'src/oauth/id-token.ts',
    [['(claims.iat ?? 0) > now', 'false && now']],
    'test/unit/oauth/id-token.test.ts',
    'R-OIDC-3',
  ],
  [
    'no skew granted',
    'src/oauth/configuration.ts',
    [['CLOCK_TOLERANCE_SECONDS = 60', 'CLOCK_TOLERANCE_SECONDS = 0']],
    'test/unit/oauth/id-token.test.ts',
    'R-OIDC-3',
  ],
  [
    'nonce not compared',
    'src/oauth/id-token.ts',
    [['nonce !== undefined && claims.nonce !== nonce', 'false']],
    'test/unit/oauth/id-token.test.ts',
    'R-OIDC-4',
  ],
  [
    'at_hash not compared',
    'src/oauth/id-token.ts',
    [['claims.at_hash !== undefined && claims.at_hash !== leftHalfHash(accessToken)', 'false']],
    'test/unit/oauth/id-token.test.ts',
    'R-OIDC-5',
  ],
  [
    'http issuers anywhere',
    'src/provider/overrides.ts',
    [["(url.protocol === 'http:' && isLoopbackUrl(text))", "url.protocol === 'http:'"]],
    'test/unit/provider/overrides.test.ts',
    'R-6749-5',
  ],
  [
    'metadata instead of the pinned endpoints',
    'src/provider/openai-codex.ts',
    [["tokenEndpoint: '/oauth/token'", "tokenEndpoint: '/api/accounts/oauth/token'"]],
    'test/wire/openai-codex.test.ts',
    'R-8414-1',
  ],
  [
    'token type not checked',
    'src/oauth/token-response.ts',
    [["tokenType.toLowerCase() !== 'bearer'", 'false']],
    'test/unit/oauth/token-response.test.ts',
    'R-6749-3 is refused',
  ],
  [
    'store not looked at first',
    'src/login.ts',
    [['    await store.read();\n', '']],
    login,
    'asks nobody to sign in',
  ],
  [
    'a corrupt store is overwritten',
    'src/store/parse.ts',
    [
      [
        "throw corrupt(text.startsWith('\\uFEFF') ? 'it starts with a byte order mark' : 'it is not complete JSON');",
        'return { profiles: {} };',
      ],
    ],
    conformance,
    'because it is truncated',
  ],
  [
    'mode 0644',
    'src/store/atomic-write.ts',
    [['FILE_MODE = 0o600', 'FILE_MODE = 0o644']],
    atomic,
    'S-6 makes it 0600',
  ],
  [
    'two writes with one modification time',
    'src/store/atomic-write.ts',
    [['      if (previous) makeYounger(descriptor, previous.mtimeMs, fs);\n', '']],
    atomic,
    'S-5 is younger than the file it replaces',
  ],
  [
    'link replaced by a file',
    'src/store/atomic-write.ts',
    [
      [
        '  const target = followLinks(path, fs);\n  const temporary',
        '  const target = path;\n  const temporary',
      ],
    ],
    atomic,
    'follows symbolic links',
  ],
  [
    'abandoned files kept',
    'src/store/file-store.ts',
    [['    removeAbandoned(location, clock.now(), fileSystem);\n', '']],
    atomic,
    'S-7 collects',
  ],
  [
    'a stale lock lasts',
    'src/store/sidecar-lock.ts',
    [['if (clearStale(path, clock)) continue;', '']],
    lock,
    'is taken over when',
  ],
  [
    'a live lock is taken',
    'src/store/lock-owner.ts',
    [['return ageOf(path, clock) > STALE_AFTER_MS;', 'return true;']],
    lock,
    'is respected while',
  ],
  [
    'a lock that is gone is not noticed',
    'src/store/file-store.ts',
    [["if (!lock.isHeld()) return 'lock lost';", '']],
    lock,
    'that somebody takes away',
  ],
  [
    'lastGood forgotten',
    'src/store/edits.ts',
    [['[providerKey(state.lastGood, provider)]: profileId }', '}']],
    edits,
    'S-2 S-3 sets profile',
  ],
  [
    'cooldown kept',
    'src/store/edits.ts',
    [['without(stats, WINDOWS)', 'without(stats, [])']],
    edits,
    'clears cooldown',
  ],
  [
    'twin kept',
    'src/store/edits.ts',
    [['id !== profileId && isTwin(state, id, login)', 'false']],
    edits,
    'retires every twin',
  ],
  [
    'unknown fields dropped',
    'src/store/edits.ts',
    [['    ...rest,\n', '']],
    edits,
    'S-4 keeps unknown fields',
  ],
  [
    'another account overwritten',
    'src/store/edits.ts',
    [["const free = ids.find((id) => holderOf(state, id, login) !== 'other');", 'const free = ids[0];']],
    edits,
    'gives the same e-mail in another workspace',
  ],
  [
    'an order that is empty shuts everything out',
    'src/store/as-loaded.ts',
    [['return ids.length === 0 ? undefined : ids;', 'return ids;']],
    selection,
    'option B',
  ],
  [
    'openclaw.json ignored',
    'src/store/selection.ts',
    [['const explicit = storeOrder ?? configuredOrder;', 'const explicit = storeOrder;']],
    selection,
    'cause 1',
  ],
  [
    'a shape that OpenClaw cannot read is written',
    'src/store/schema.ts',
    [['if (error) refuse(', 'if (false) refuse(']],
    conformance,
    'S-3 refuses a commit',
  ],
  [
    'redaction off',
    'src/redact.ts',
    [['const plain = redact(text)', 'const plain = text']],
    'test/unit/redact.test.ts',
    'R-9700-3 loses',
  ],
  // What a hostile reader found once.
  [
    'state in the list of processes',
    'src/person.ts',
    [['openUrl === systemOpenUrl ? callback.startLink(url) : url', 'url']],
    'test/unit/person.test.ts',
    'R-9700-3',
  ],
  [
    'what was sent is quoted',
    'src/redact.ts',
    [["safe.replaceAll(secret, '[redacted]')", 'safe']],
    'test/unit/oauth/token-response.test.ts',
    'R-9700-3 quotes nothing',
  ],
  [
    'a colleague is a twin',
    'src/oauth/identity.ts',
    [["if (email === undefined || identity.email === undefined) return 'unknown';", "return 'same';"]],
    'test/unit/oauth/identity.test.ts',
    'a workspace has many people',
  ],
  // The doctor: nothing is lost, nothing is shown, nothing is changed that was not asked for.
  [
    'doctor: no backup before the repair',
    'src/store/repair-commit.ts',
    [['const backups = keep(store, state, now);', 'const backups = keep(store, state, now).slice(0, 0);']],
    backup,
    'starts over when somebody writes in between',
  ],
  [
    'doctor: the backup comes after the commit',
    'src/store/repair-commit.ts',
    [
      ['const backups = keep(store, state, now);', 'const backups: Backup[] = [];'],
      [
        'if (written) return { repaired, backups };',
        'if (written) return { repaired, backups: keep(store, state, now) };',
      ],
    ],
    backup,
    'makes the backup before it changes anything',
  ],
  [
    'doctor: a backup over another one',
    'src/store/backup.ts',
    [["openSync(path, 'wx', 0o600)", "openSync(path, 'w', 0o600)"]],
    backup,
    'is never written over another',
  ],
  [
    'doctor: a store is repaired that is not the one in the backup',
    'src/store/repair-commit.ts',
    [['const write = isDeepStrictEqual(current, state);', 'const write = isDeepStrictEqual(state, state);']],
    backup,
    'starts over when somebody writes in between',
  ],
  [
    'doctor: a corrupt file is overwritten without a copy',
    'src/store/file-repairs.ts',
    [['      keep(file);\n      replaceFile(', '      replaceFile(']],
    damaged,
    'a truncated file loses nothing',
  ],
  [
    'doctor: a dry run repairs',
    'src/doctor.ts',
    [
      [
        '    changes: await plannedChanges(examined),',
        '    changes: (await repair(options), await plannedChanges(examined)),',
      ],
    ],
    damaged,
    'expiry in seconds is shown as a plan that changes nothing',
  ],
  [
    'doctor: a diagnosis repairs',
    'src/doctor.ts',
    [['return looking(options, async (examined) => diagnosisOf(examined));', 'return repair(options);']],
    damaged,
    'expiry in seconds is found for what it is',
  ],
  [
    'doctor: a secret in the difference',
    'src/store/masked-difference.ts',
    [['shown ? redact(value) : maskToken(value)', 'redact(value)']],
    'test/unit/store/masked-difference.test.ts',
    'masks every secret',
  ],
  [
    'doctor: the comments of openclaw.json are lost',
    'src/openclaw/configuration-edit.ts',
    [['const after = root.toString();', 'const after = JSON.stringify(wanted);']],
    'test/unit/openclaw/configuration-edit.test.ts',
    'changes the word that is wrong',
  ],
  [
    'doctor: an edit of openclaw.json is trusted',
    'src/openclaw/configuration-edit.ts',
    [
      [
        'return isDeepStrictEqual(await parseJson5(after), wanted) ?',
        'return isDeepStrictEqual(wanted, wanted) ?',
      ],
    ],
    repairs,
    'where no edit is safe',
  ],
  [
    'doctor: a choice is taken for a fault',
    'src/store/order-findings.ts',
    [['issued(id) < issued(latest)', 'issued(id) > 0']],
    damaged,
    'the order leaves out an older login',
  ],
  [
    'doctor: twins stay',
    'src/store/account-findings.ts',
    [["compare(a, b) !== 'same'", 'true']],
    damaged,
    'two profiles of one account is found',
  ],
  [
    'doctor: seconds stay seconds',
    'src/store/profile-healing.ts',
    [['expires: Math.round(expires * 1000) }', 'expires }']],
    damaged,
    'expiry in seconds is repaired',
  ],
  [
    'doctor: the token endpoint is asked',
    'src/oauth/network-findings.ts',
    [['? endpoints.jwksUri', '? endpoints.tokenEndpoint']],
    'test/unit/oauth/network-findings.test.ts',
    'is asked for public keys only',
  ],
  [
    'doctor: the gateway is asked without the lock',
    'src/doctor/repairs.ts',
    [
      [
        '  const lock = await takeSidecarLock(location, settings);\n',
        '  const lock = { release: () => undefined };\n',
      ],
    ],
    repairs,
    'also where nothing else is wrong',
  ],
];
