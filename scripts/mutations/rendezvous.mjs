// Ways to break the meeting of two logins: description, file, edits, test file, test name.

const DIRECTORY = 'src/rendezvous/meeting-directory.ts';
const CLAIM = 'src/rendezvous/claim.ts';
const FIRST = 'src/rendezvous/first.ts';
const FOLLOWER = 'src/rendezvous/follower.ts';
const EVENT = 'src/rendezvous/parse-event.ts';
const SHARED = 'src/shared-login.ts';
const tests = (name) => `test/unit/rendezvous/${name}.test.ts`;

/** @type {import('../mutations.mjs').Mutation[]} */
export const mutations = [
  [
    'rendezvous: a directory that others may look into',
    DIRECTORY,
    [[' && (found.mode & 0o777) === 0o700', '']],
    tests('meeting-directory'),
    'others may look into it',
  ],
  [
    'rendezvous: a directory that is a link',
    DIRECTORY,
    [
      ['lstatSync, mkdirSync, statSync }', 'mkdirSync, statSync }'],
      ['const found = lstatSync(', 'const found = statSync('],
    ],
    tests('meeting-directory'),
    'it is a link',
  ],
  [
    "rendezvous: somebody else's directory",
    DIRECTORY,
    [[' && found.uid === uid && ', ' && ']],
    tests('meeting-directory'),
    'somebody else’s',
  ],
  [
    'rendezvous: a directory that others may rename',
    DIRECTORY,
    [['if (!isOwn && !isSafeParent(temporaryDirectory, uid))', 'if (false)']],
    tests('meeting-directory'),
    'nobody may rename',
  ],
  [
    'rendezvous: a runtime directory that others may write',
    DIRECTORY,
    [['((found.mode & 0o022) === 0 || isSticky)', 'isSticky !== undefined']],
    tests('meeting-directory'),
    'others may write it',
  ],
  [
    "rendezvous: a runtime directory in somebody else's hands",
    DIRECTORY,
    [['(found.uid === uid || found.uid === 0) && ', '']],
    tests('meeting-directory'),
    'somebody else’s',
  ],
  [
    'rendezvous: a system without numbers for people',
    DIRECTORY,
    [['if (uid === undefined) return', 'if (uid === -1) return']],
    tests('meeting-directory'),
    'have no numbers',
  ],
  [
    'rendezvous: whoever is slow removes the living one',
    CLAIM,
    [
      ['rmdirSync, rmSync, unlinkSync', 'rmSync'],
      [
        '  quietly(() => unlinkSync(join(meeting, socket)));\n  quietly(() => rmdirSync(meeting));\n',
        '  void socket;\n  quietly(() => rmSync(meeting, { recursive: true }));\n',
      ],
    ],
    tests('claim'),
    'removes no living one',
  ],
  [
    'rendezvous: a workshop is cleared while it is used',
    CLAIM,
    [['now - made > ABANDONED_MS', 'now - made > 0']],
    tests('claim'),
    'cluttered for ever',
  ],
  [
    'rendezvous: nothing is ever cleared',
    CLAIM,
    [['now - made > ABANDONED_MS', 'now - made < 0']],
    tests('claim'),
    'cluttered for ever',
  ],
  [
    'rendezvous: a dead one keeps its place',
    'src/rendezvous/join.ts',
    [["if (met.role === 'dead') removeSocket(meeting, socket);\n      else ", '']],
    tests('join'),
    'the place of a dead process',
  ],
  [
    'rendezvous: every target is one',
    'src/rendezvous/join.ts',
    [['.update(target)', ".update('target')"]],
    tests('join'),
    'another target goes its own way',
  ],
  [
    'rendezvous: a follower keeps its own socket',
    'src/rendezvous/join.ts',
    [['    if (!isFirst) own?.speaker.close();\n', '    void isFirst;\n']],
    tests('join'),
    'of twenty that start at once',
  ],
  [
    'rendezvous: what a follower says is let in',
    FIRST,
    [["    socket.on('data', () => socket.destroy());\n", '    socket.resume();\n']],
    tests('join'),
    'who talks is shown the door',
  ],
  [
    'rendezvous: followers without limit',
    FIRST,
    [['followers.size >= MOST_FOLLOWERS', 'followers.size < 0']],
    tests('join'),
    'thousandfold',
  ],
  [
    'rendezvous: what is not read is kept',
    FIRST,
    [['socket.writableLength > LARGEST_BACKLOG', 'socket.writableLength < 0']],
    tests('join'),
    'who does not read',
  ],
  [
    'rendezvous: an end is told to whoever comes after it',
    FIRST,
    [['        told.length = 0;\n', '        told.push(line);\n']],
    tests('join'),
    'comes after the end',
  ],
  [
    'rendezvous: who comes later misses the beginning',
    FIRST,
    [["greeting(pid) + told.join('')", 'greeting(pid)']],
    tests('join'),
    'from the beginning',
  ],
  [
    'rendezvous: a silent one is waited for',
    FOLLOWER,
    [
      [
        "late.addEventListener('abort', () => setImmediate(() => setImmediate(giveUp)), { once: true });",
        'void giveUp;',
      ],
    ],
    tests('join'),
    'says nothing, is not waited for',
  ],
  [
    'rendezvous: a greeting that is there is not read any more',
    FOLLOWER,
    [
      [
        "late.addEventListener('abort', () => setImmediate(() => setImmediate(giveUp)), { once: true });",
        "late.addEventListener('abort', leave, { once: true });",
      ],
    ],
    tests('join'),
    'however late this process comes',
  ],
  [
    'rendezvous: any greeting will do',
    'src/rendezvous/messages.ts',
    [['told.v === 1 && Number.isSafeInteger(told.pid) && Number(told.pid) > 0', 'true']],
    tests('join'),
    'what is no greeting',
  ],
  [
    'rendezvous: a line that never ends is read on',
    'src/rendezvous/messages.ts',
    [['      if (rest.length > LONGEST_LINE) return;\n', '']],
    tests('join'),
    'never ends a line',
  ],
  [
    'rendezvous: what is no event is passed on',
    FOLLOWER,
    [
      [
        'const event = parseEvent(parseLine(line));',
        'const event = parseLine(line) as LoginEvent;\n    void parseEvent;',
      ],
    ],
    tests('join'),
    'whose events are none',
  ],
  [
    'rendezvous: a field that is missing is passed on',
    EVENT,
    [['if (isOptional && found[name] === undefined) continue;', 'if (found[name] === undefined) continue;']],
    tests('parse-event'),
    'missing or wrong, and it is refused',
  ],
  [
    'rendezvous: a field that is wrong is passed on',
    EVENT,
    [
      [
        '      if (taken[name] === undefined) return undefined;\n',
        '      if (taken[name] === undefined) taken[name] = found[name];\n',
      ],
    ],
    tests('parse-event'),
    'missing or wrong, and it is refused',
  ],
  [
    'rendezvous: fields that nobody knows are passed on',
    EVENT,
    [['const taken: Record<string, unknown> = {};', 'const taken: Record<string, unknown> = { ...found };']],
    tests('parse-event'),
    'the known fields and no other',
  ],
  [
    'rendezvous: a field that may be missing has to be there',
    EVENT,
    [['if (isOptional && found[name] === undefined) continue;', 'void isOptional;']],
    tests('parse-event'),
    'what is right is taken',
  ],
  [
    'rendezvous: one wrong item of a list is passed on',
    EVENT,
    [['return taken.includes(undefined) ? undefined : (taken as Item[]);', 'return taken as Item[];']],
    tests('parse-event'),
    'missing or wrong, and it is refused',
  ],
  [
    'rendezvous: any word will do where a few are known',
    EVENT,
    [['values.find((known) => known === value);', 'values.length > 0 ? (value as Value) : undefined;']],
    tests('parse-event'),
    'missing or wrong, and it is refused',
  ],
  [
    'rendezvous: a number that is no whole one is passed on',
    EVENT,
    [
      [
        'Number.isSafeInteger(value) && Number(value) >= least',
        "typeof value === 'number' && value >= least",
      ],
    ],
    tests('parse-event'),
    'missing or wrong, and it is refused',
  ],
  [
    'rendezvous: a port that there is not',
    EVENT,
    [['port: whole(1, 65_535)', 'port: whole(0, 65_536)']],
    tests('parse-event'),
    'listening: one field that is missing or wrong',
  ],
  [
    'rendezvous: an address that is none is passed on',
    EVENT,
    [['return URL.canParse(text) ? text : undefined;', 'return text;']],
    tests('parse-event'),
    'missing or wrong, and it is refused',
  ],
  [
    'rendezvous: a day that there is not',
    EVENT,
    [
      [
        'return isDay ? value : undefined;',
        'return isDay || !Number.isNaN(parsed.getTime()) ? value : undefined;',
      ],
    ],
    tests('parse-event'),
    'missing or wrong, and it is refused',
  ],
  [
    'rendezvous: any word is the code of an error',
    EVENT,
    [[' && /^ERR_[A-Z_]+$/.test(value) ? value', ' ? value']],
    tests('parse-event'),
    'error: one field that is missing or wrong',
  ],
  [
    'rendezvous: an interruption does not end the following',
    FOLLOWER,
    [["  signal.addEventListener('abort', leave);\n", '']],
    tests('join'),
    'an interruption ends',
  ],
  [
    'shared login: the store makes no difference',
    SHARED,
    [
      [
        '[provider, location, generation, profileId, replace, only, device, way, network]',
        "[provider, '', generation, profileId, replace, only, device, way, network]",
      ],
    ],
    'test/unit/shared-login.test.ts',
    'with another store',
  ],
  [
    'shared login: the profile id makes no difference',
    SHARED,
    [
      [
        '[provider, location, generation, profileId, replace, only, device, way, network]',
        "[provider, location, generation, '', replace, only, device, way, network]",
      ],
    ],
    'test/unit/shared-login.test.ts',
    'with another profile id',
  ],
  [
    'shared login: the leave to replace makes no difference',
    SHARED,
    [
      [
        '[provider, location, generation, profileId, replace, only, device, way, network]',
        "[provider, location, generation, profileId, '', only, device, way, network]",
      ],
    ],
    'test/unit/shared-login.test.ts',
    'with leave to replace',
  ],
  [
    'shared login: the order makes no difference',
    SHARED,
    [
      [
        '[provider, location, generation, profileId, replace, only, device, way, network]',
        "[provider, location, generation, profileId, replace, '', way, network]",
      ],
    ],
    'test/unit/shared-login.test.ts',
    'with an order of its own',
  ],
  [
    'shared login: the way makes no difference',
    SHARED,
    [
      [
        '[provider, location, generation, profileId, replace, only, device, way, network]',
        "[provider, location, generation, profileId, replace, only, device, '', network]",
      ],
    ],
    'test/unit/shared-login.test.ts',
    'with another way',
  ],
  [
    'shared login: the device makes no difference',
    SHARED,
    [
      [
        '[provider, location, generation, profileId, replace, only, device, way, network]',
        "[provider, location, generation, profileId, replace, only, '', way, network]",
      ],
    ],
    'test/unit/shared-login.test.ts',
    'with a code for another device',
  ],
  [
    'shared login: the network makes no difference',
    SHARED,
    [
      [
        '[provider, location, generation, profileId, replace, only, device, way, network]',
        "[provider, location, generation, profileId, replace, only, device, way, '']",
      ],
    ],
    'test/unit/shared-login.test.ts',
    'with another network',
  ],
  [
    'shared login: the provider makes no difference',
    SHARED,
    [
      [
        '[provider, location, generation, profileId, replace, only, device, way, network]',
        "['', location, generation, profileId, replace, only, device, way, network]",
      ],
    ],
    'test/unit/shared-login.test.ts',
    'with another client',
  ],
  [
    'shared login: a denial is no end',
    SHARED,
    [["      if (event.type === 'error') return failed(sameError(event), report);\n", '']],
    'test/unit/shared-login.test.ts',
    'ends with the same denial',
  ],
  [
    'shared login: the code and the status of another version are passed on',
    SHARED,
    [
      [
        "      if (event.type === 'error') return failed(sameError(event), report);\n      report.emit(event);\n",
        "      report.emit(event);\n      if (event.type === 'error') throw sameError(event);\n",
      ],
    ],
    'test/unit/shared-login.test.ts',
    'a code and a status of its own',
  ],
  [
    'shared login: one interruption ends them all',
    SHARED,
    [["'ERR_ABORTED', 'ERR_TERMINATED', 'ERR_TIMED_OUT'", '']],
    'test/unit/shared-login.test.ts',
    'signs in itself',
  ],
  [
    'shared login: the verdict of the other one is taken over',
    SHARED,
    [
      [
        'const verdict = await routabilityOf(stored.profileId, settings);',
        'void routabilityOf;\n  void settings;\n  const verdict = { routable, reason };',
      ],
    ],
    'test/unit/shared-login.test.ts',
    'judges for itself',
  ],
  [
    'shared login: a follower waits without limit',
    SHARED,
    [["  deadline.signal.addEventListener('abort', leave, { once: true });\n", '']],
    'test/unit/shared-login.test.ts',
    'ends by its own limit',
  ],
  [
    'shared login: stores of two processes are one',
    SHARED,
    [["store.info.scope === 'process' || ", '']],
    'test/unit/shared-login.test.ts',
    'its store is this process',
  ],
  [
    'shared login: nobody is told of a place that is not safe',
    SHARED,
    [["    report.emit({ type: 'waiting', reason: `other", "    void ({ type: 'waiting', reason: `other"]],
    'test/unit/shared-login.test.ts',
    'its store is this process',
  ],
  [
    'shared login: options that are wrong end without a line',
    SHARED,
    [['  report.fail(error);\n', '  void report;\n']],
    'test/unit/shared-login.test.ts',
    'what is wrong with its options',
  ],
  [
    'shared login: nobody is told',
    SHARED,
    [['    joined.tell(event);\n', '']],
    'test/unit/shared-login.test.ts',
    'follows it',
  ],
];
