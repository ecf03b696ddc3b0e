// Ways to break a store in PostgreSQL, its seal and its moves: description, file, edits, test file, test name.

const CONTRACT = 'test/store/postgres.test.ts';
const SEAL = 'test/unit/store/sealing/seal.test.ts';
const COLUMNS = 'test/unit/store/postgres/columns.test.ts';
const MOVE = 'test/unit/fleet/move.test.ts';
const OUTAGE = 'test/unit/words/outage.test.ts';
const ARGUMENTS = 'test/unit/cli/arguments.test.ts';
const SERVER = 'test/unit/store/postgres/server-findings.test.ts';

/** @type {import('../mutations.mjs').Mutation[]} */
export const mutations = [
  [
    'move: no gateway is told',
    'src/fleet/move.ts',
    [['    if (moved.length > 0) await tellGateways(options);\n', '']],
    'test/unit/fleet/move.test.ts',
    'asks a gateway that runs by either store',
  ],
  [
    'postgres: a swap compares nothing',
    'src/store/postgres/statements.ts',
    [
      [
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in the code
        "${set.join(', ')}\nWHERE store = $1 AND id = $2 AND revision = $3`",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in the code
        "${set.join(', ')}\nWHERE store = $1 AND id = $2 AND $3::bigint > 0`",
      ],
    ],
    CONTRACT,
    'overwrites nothing, and looks again',
  ],
  [
    'postgres: many hold one claim',
    'src/store/postgres/statements.ts',
    [
      [
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in the code
        "${set.join(', ')}\nWHERE store = $1 AND id = $2 AND revision = $3`",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in the code
        "${set.join(', ')}\nWHERE store = $1 AND id = $2 AND $3::bigint > 0`",
      ],
    ],
    CONTRACT,
    'has one holder of a claim among many processes',
  ],
  [
    'postgres: a change does not show in the revision',
    'src/store/postgres/statements.ts',
    [['SET revision = revision + 1, $', 'SET revision = revision, $']],
    CONTRACT,
    'has one holder of a claim among many processes',
  ],
  [
    'postgres: a swap that changed nothing counts as done',
    'src/store/postgres/postgres-store.ts',
    [['change.values)).count === 1)', 'change.values)).count >= 0)']],
    CONTRACT,
    'has one holder of a claim among many processes',
  ],
  [
    'postgres: a login does not hold the row of its store',
    'src/store/postgres/statements.ts',
    [
      [
        "'SELECT version FROM codex_login.store WHERE k = $1 FOR UPDATE'",
        "'SELECT version FROM codex_login.store WHERE k = $1'",
      ],
    ],
    CONTRACT,
    'has every one of several first logins at once',
  ],
  [
    'postgres: a transaction is isolated as the database says',
    'src/store/postgres/connection.ts',
    [["SET LOCAL transaction_isolation = 'read committed'; ", '']],
    CONTRACT,
    'a database that isolates more by default',
  ],
  [
    'postgres: a claim that was overtaken in a database that isolates more is an error',
    'src/store/postgres/connection.ts',
    [['        if (isOvertaken(thrown)) return { rows: [], count: 0 };\n', '']],
    CONTRACT,
    'a database that isolates more by default',
  ],
  [
    'store doctor: a record that is no sealed one ends it',
    'src/store/postgres/record-findings.ts',
    [['CASE WHEN length(', 'CASE WHEN 3 + length(']],
    CONTRACT,
    'finds what is true of a server, its tables and its user',
  ],
  [
    'store doctor: what stands where a key’s name would is repeated',
    'src/store/postgres/record-findings.ts',
    [['const isNamed = isKeyName(id);', 'const isNamed = true;']],
    'test/unit/store/postgres/record-findings.test.ts',
    'are no names where a record is no sealed one',
  ],
  [
    'postgres: a record that was claimed while keys were turned stays under the older one',
    'src/store/postgres/migration.ts',
    [['if (missed === 0) return count;', 'if (missed < 100) return count;']],
    CONTRACT,
    'keys that are turned while somebody claims',
  ],
  [
    'postgres: times are what the program around makes of them',
    'src/store/postgres/driver.ts',
    [['for (const [oid, parse] of TYPES) types.setTypeParser(oid, parse);', '']],
    CONTRACT,
    'reads times and counts as they are',
  ],
  [
    'postgres: a commit to one profile may change the others',
    'src/store/postgres/postgres-store.ts',
    [['        assertNarrow(read.state, decision.next, profileId);\n', '']],
    CONTRACT,
    'sees one profile of many, and can change no other',
  ],
  [
    'postgres: a lost answer is told as nothing stored',
    'src/store/postgres/connection.ts',
    [['throw postgresFailure(location, thrown, true);', 'throw postgresFailure(location, thrown);']],
    CONTRACT,
    'has arrived makes its outcome unknown',
  ],
  [
    'postgres: a lost COMMIT is told as nothing stored',
    'src/store/postgres/connection.ts',
    [['throw postgresFailure(location, thrown, isCommit);', 'throw postgresFailure(location, thrown);']],
    CONTRACT,
    'after the COMMIT of a login has arrived',
  ],
  [
    'postgres: two holders of one token',
    'src/store/postgres/schema.ts',
    [['CREATE UNIQUE INDEX credential_one_holder', 'CREATE INDEX credential_one_holder']],
    CONTRACT,
    'has one holder for each refresh token',
  ],
  [
    'postgres: a reader may read refresh tokens',
    'src/store/postgres/schema.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in the code
    [["GRANT SELECT (${READER_COLUMNS.join(', ')}) ON", 'GRANT SELECT ON']],
    CONTRACT,
    'is refused refresh tokens by the server',
  ],
  [
    'postgres: whoever may not write is told after the sign-in',
    'src/store/postgres/preconditions.ts',
    [['if (said?.writes && !said.standby) return;', 'return;']],
    CONTRACT,
    'is refused refresh tokens by the server',
  ],
  [
    'postgres: tables of another version are used',
    'src/store/postgres/preconditions.ts',
    [['if (version === SCHEMA_VERSION) return;', 'return;']],
    CONTRACT,
    'or of another version, are told',
  ],
  [
    'postgres: migrations side by side',
    'src/store/postgres/migration.ts',
    [["    await query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);\n", '']],
    CONTRACT,
    'are made once, however many do it at the same time',
  ],
  [
    'postgres: the name in a certificate is not looked at',
    'src/store/postgres/tls.ts',
    [["return checks === 'verify-ca' ?", "return checks !== 'require' ?"]],
    'test/unit/store/postgres/address.test.ts',
    'is checked in full, by name too',
  ],
  [
    'postgres: a refresh token is sealed for readers',
    'src/store/postgres/columns.ts',
    [['if (refresh !== undefined) delete rest.refresh;', '']],
    COLUMNS,
    'has its secrets and everything unknown where they are sealed',
  ],
  [
    'postgres: an inert token counts as a holder',
    'src/store/postgres/rows.ts',
    [
      [
        'fingerprint: isLive ? keyedHash(refresh, ring.fingerprint) : null',
        'fingerprint: keyedHash(refresh, ring.fingerprint)',
      ],
    ],
    CONTRACT,
    'that was killed in a database keeps the inert token',
  ],
  [
    'seal: a record opens in another place',
    'src/store/sealing/seal.ts',
    [["keyId ?? '', kind, store, profile]", "keyId ?? '', kind]"]],
    SEAL,
    'does not open in another store',
  ],
  [
    'seal: a record opens as another kind',
    'src/store/sealing/seal.ts',
    [["keyId ?? '', kind, store, profile]", "keyId ?? '', store, profile]"]],
    SEAL,
    'does not open as another kind',
  ],
  [
    'seal: nothing is wrapped anew',
    'src/store/sealing/seal.ts',
    [
      [
        'if (newest === undefined || newest.id === keyIdOf(sealed)) return undefined;',
        'if (newest !== undefined) return undefined;',
      ],
    ],
    SEAL,
    'is wrapped anew under the first key',
  ],
  [
    'seal: a newer key seals before every host has it',
    'src/store/sealing/key-ring.ts',
    [
      [
        "return [...entries, { id, key: randomBytes(KEY_BYTES).toString('base64'), pending: true }];",
        "return [{ id, key: randomBytes(KEY_BYTES).toString('base64'), pending: true }, ...entries];",
      ],
    ],
    SEAL,
    'is turned in two steps',
  ],
  [
    'move: copies',
    'src/store/edits/move.ts',
    [
      [
        "const inert: StoredProfile = { ...rest, type: 'token', token: access, moving };",
        'const inert: StoredProfile = { ...profile, token: access, moving };',
      ],
    ],
    MOVE,
    'leaves one holder at most',
  ],
  [
    'move: while somebody presents the token',
    'src/store/edits/move.ts',
    [['if (profile.claim !== undefined && isClaimed(profile, now))', 'if (profile.claim?.id === "")']],
    MOVE,
    'while somebody presents the token is refused',
  ],
  [
    'move: a second run does not know its own effect',
    'src/store/edits/move.ts',
    [["if (movedBy(there) === id) return { write: false, result: { kind: 'received' } };", '']],
    MOVE,
    'does not put a spent token over one that was refreshed',
  ],
  [
    'move: a copy that was left stays beside the token in its new place',
    'src/fleet/copies.ts',
    [
      [
        'if (holdersIn((await store.read()).state, token).length === 0) continue;',
        'if (token !== "") continue;',
      ],
    ],
    MOVE,
    'stores the token nowhere else',
  ],
  [
    'move: a token that the same store holds twice',
    'src/fleet/copies.ts',
    [['if (twin !== undefined)', "if (twin === '')"]],
    MOVE,
    'of a token that another profile holds too',
  ],
  [
    'move: an agent’s copy of what main holds',
    'src/fleet/copies.ts',
    [['if (shared !== undefined && holdersIn', 'if (shared === undefined && holdersIn']],
    MOVE,
    'of a token that another profile holds too',
  ],
  [
    'move: to a second place',
    'src/store/edits/move.ts',
    [['begun.mark.to === to', 'begun.mark.to !== ""']],
    MOVE,
    'to another place than where an unfinished one went',
  ],
  [
    'move: over what is there already',
    'src/fleet/move.ts',
    [['if (by !== undefined && !isOurs) throw taken(id, by);', '']],
    MOVE,
    'to where the account is already',
  ],
  [
    'move: the remainder stays',
    'src/store/edits/move.ts',
    [['if (moveMarkIn(state, profileId)?.mark.id !== id)', 'if (id !== "")']],
    MOVE,
    'leaves nothing behind',
  ],
  [
    'outage: a login gives up',
    'src/login/record-grant.ts',
    [["store.info.scope === 'network'", "store.info.kind === 'none'"]],
    OUTAGE,
    'that was away for a moment waits for it',
  ],
  [
    'outage: what does not pass is waited for',
    'src/words/outage.ts',
    [['waitedMs >= forMs || !passes(thrown)', 'waitedMs >= forMs']],
    OUTAGE,
    'what does not pass by itself is told at once',
  ],
  [
    'postgres: a password on the command line',
    'src/cli/arguments.ts',
    [["typeof value === 'string' && holdsPassword(value)", "value === 'never'"]],
    ARGUMENTS,
    'take no password in a URL',
  ],
  [
    'postgres: a password where none is looked for',
    'src/cli/arguments.ts',
    [["...positionals.map((value) => ['An argument', value] as const),", '']],
    ARGUMENTS,
    'repeat no password that stands where none is looked for',
  ],
  [
    'store doctor: fsync is not looked at',
    'src/store/postgres/server-findings.ts',
    [["if (off('fsync'))", "if (off('fsink'))"]],
    SERVER,
    'store-fsync-off',
  ],
  [
    'store doctor: an asynchronous standby passes',
    'src/store/postgres/server-findings.ts',
    [["state === 'sync' || state === 'quorum'", "state !== 'nothing'"]],
    SERVER,
    'store-asynchronous-standby',
  ],
  [
    'a login gives a shared store that is locked up, and loses its code',
    'src/login/record-grant.ts',
    [["isOutage(error) || error.code === 'ERR_STORE_LOCKED'", 'isOutage(error)']],
    'test/unit/login/record-grant.test.ts',
    'a login waits for a shared store that is locked',
  ],
  [
    'logout removes a login that is on its way, and the only copy of its token with it',
    'src/logout.ts',
    [
      [
        'if (move !== undefined) throw movingError',
        'if (move?.mark.id === undefined && move) throw movingError',
      ],
    ],
    'test/unit/logout.test.ts',
    'leaves a login that is on its way to another store where it is',
  ],
  [
    'store move tells of nothing until everything is there',
    'src/fleet/move.ts',
    [['    options.onMoved?.(one);', '']],
    'test/unit/fleet/move.test.ts',
    'of several tells of each when it is there',
  ],
  [
    'a gateway of generation D is believed about its first credential',
    'src/openclaw/gateway.ts',
    [["if (outcome.state !== 'reloaded') return outcome;", 'if (outcome.state) return outcome;']],
    'test/unit/login.test.ts',
    'a gateway of generation D with {} stored before',
  ],
  [
    'sync tells a gateway again that needs a restart, and believes it',
    'src/synchronize.ts',
    [["toldOf?.state === 'stale' && !needsRestart", "toldOf?.state === 'stale'"]],
    'test/unit/synchronize.test.ts',
    'tells no gateway again that has to be restarted',
  ],
  [
    'the lock of a commit is not renewed while other agents and a gateway are waited for',
    'src/store/file/file-store.ts',
    [['await whileRenewed(lock, clock, whileLocked)', 'await whileLocked()']],
    'test/store/exclusion.test.ts',
    'and for as long as a commit has something to do under its lock',
  ],
];
