// Ways to break OpenClaw's places, databases and gateway: description, file, edits, test file, test name.

/** @type {import('../mutations.mjs').Mutation[]} */
export const mutations = [
  [
    'database: what OpenClaw kept is not read again',
    'src/openclaw/sdk-store.ts',
    [['return tokens && order && lastGood && removed', 'return removed']],
    'test/unit/openclaw/sdk-store.test.ts',
    'answers with forget',
  ],
  [
    'database: a commit of somebody else in between counts as written',
    'src/openclaw/sdk-store.ts',
    [
      [
        "if (answer.outcome === 'changed') continue;",
        "if (answer.outcome === 'changed') return decision.result;",
      ],
    ],
    'test/unit/openclaw/sdk-store.test.ts',
    'S-5 a commit of somebody else',
  ],
  [
    'database: a look makes one',
    'src/openclaw/sdk-store.ts',
    [['if (!existsSync(location))', 'if (existsSync === undefined)']],
    'test/unit/openclaw/sdk-store.test.ts',
    'a look at a store',
  ],
  [
    'database: an OpenClaw that cannot write is found after the sign-in',
    'src/openclaw/sdk-store.ts',
    [["if (answer.outcome !== 'ready') throw refusal(answer, options);", 'void answer;']],
    'test/unit/openclaw/sdk-store.test.ts',
    'a probe finds',
  ],
  [
    'a file is written beside a database',
    'src/openclaw/generation.ts',
    [["(generation === 'C' || generation === 'D') && version === undefined", 'version === null']],
    'test/unit/openclaw/generation.test.ts',
    'without an OpenClaw in reach is refused',
  ],
  [
    'files are written beside a database of a newer OpenClaw',
    'src/openclaw/generation.ts',
    [['if (newerOnDisk) {', 'if (newerOnDisk === null) {']],
    'test/unit/openclaw/generation.test.ts',
    'a database of a newer OpenClaw than the one in reach',
  ],
  [
    'database: an answer that is lost counts as nothing written',
    'src/openclaw/sdk-store.ts',
    [
      [
        "if (answer.outcome !== 'written' && now.version === before.version)",
        "if (answer.outcome !== 'written')",
      ],
    ],
    'test/unit/openclaw/sdk-store.test.ts',
    'S-8 a write whose answer is lost',
  ],
  [
    'database: what nobody can look at is called unchanged',
    'src/openclaw/sdk-store.ts',
    [
      [
        "throw answer.outcome === 'refused' ? refusal(answer, options) : unseen(options)",
        'throw refusal(answer, options)',
      ],
    ],
    'test/unit/openclaw/sdk-store.test.ts',
    'S-8 a write that may have been done',
  ],
  [
    'a directory that turns do not look at is written',
    'src/openclaw/locate.ts',
    [['version !== undefined && isAtLeast(version, FIRST_WITHOUT_AGENT_DIR)', 'version === null']],
    'test/unit/openclaw/locate.test.ts',
    'what all agents inherit from',
  ],
  [
    'what all agents inherit from moves with the directory of main',
    'src/openclaw/locate.ts',
    [['shared: own ?? usual(MAIN_AGENT)', 'shared: own ?? ofTurn(MAIN_AGENT)']],
    'test/unit/openclaw/locate.test.ts',
    'what all agents inherit from',
  ],
  [
    'files of before that another agent has are passed over',
    'src/openclaw/generation.ts',
    [['return pendingIn === undefined ? found', 'return pendingIn !== null ? found']],
    'test/unit/openclaw/generation.test.ts',
    'files of before that another agent has',
  ],
];
