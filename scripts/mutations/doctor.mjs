// Ways to break the doctor: nothing is lost, nothing is shown, nothing is changed that was not asked for: description, file, edits, test file, test name.

/** @type {import('../mutations.mjs').Mutation[]} */
export const mutations = [
  [
    'doctor: no backup before the repair',
    'src/store/file/repair-commit.ts',
    [['const backups = keep(store, state, now);', 'const backups = keep(store, state, now).slice(0, 0);']],
    'test/unit/store/file/backup.test.ts',
    'starts over when somebody writes in between',
  ],
  [
    'doctor: the backup comes after the commit',
    'src/store/file/repair-commit.ts',
    [
      ['const backups = keep(store, state, now);', 'const backups: Backup[] = [];'],
      [
        'if (written) return { repaired, backups };',
        'if (written) return { repaired, backups: keep(store, state, now) };',
      ],
    ],
    'test/unit/store/file/backup.test.ts',
    'makes the backup before it changes anything',
  ],
  [
    'doctor: a backup over another one',
    'src/store/file/backup.ts',
    [["openSync(path, 'wx', 0o600)", "openSync(path, 'w', 0o600)"]],
    'test/unit/store/file/backup.test.ts',
    'is never written over another',
  ],
  [
    'doctor: a store is repaired that is not the one in the backup',
    'src/store/file/repair-commit.ts',
    [['const write = isDeepStrictEqual(current, state);', 'const write = isDeepStrictEqual(state, state);']],
    'test/unit/store/file/backup.test.ts',
    'starts over when somebody writes in between',
  ],
  [
    'doctor: a corrupt file is overwritten without a copy',
    'src/store/file/file-repairs.ts',
    [['      keep(file);\n      const replaced', '      const replaced']],
    'test/unit/doctor/damaged-stores.test.ts',
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
    'test/unit/doctor/damaged-stores.test.ts',
    'expiry in seconds is shown as a plan that changes nothing',
  ],
  [
    'doctor: a diagnosis repairs',
    'src/doctor.ts',
    [
      [
        'return looking(options, async (examined, settings) => diagnosisOf(examined, settings));',
        'return repair(options);',
      ],
    ],
    'test/unit/doctor/damaged-stores.test.ts',
    'expiry in seconds is found for what it is',
  ],
  [
    'doctor: a secret in the difference',
    'src/store/examination/masked-difference.ts',
    [['shown ? redact(value) : maskToken(value)', 'redact(value)']],
    'test/unit/store/examination/masked-difference.test.ts',
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
    'test/unit/doctor/repair.test.ts',
    'where no edit is safe',
  ],
  [
    'doctor: a choice is taken for a fault',
    'src/store/examination/order-findings.ts',
    [['issued(id) < issued(latest)', 'issued(id) > 0']],
    'test/unit/doctor/damaged-stores.test.ts',
    'the order leaves out an older login',
  ],
  [
    'doctor: twins stay',
    'src/store/examination/account-findings.ts',
    [["compare(a, b) !== 'same'", 'true']],
    'test/unit/doctor/damaged-stores.test.ts',
    'two profiles of one account is found',
  ],
  [
    'doctor: seconds stay seconds',
    'src/store/examination/profile-healing.ts',
    [['expires: Math.round(expires * 1000) }', 'expires }']],
    'test/unit/doctor/damaged-stores.test.ts',
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
    'test/unit/doctor/repair.test.ts',
    'also where nothing else is wrong',
  ],
  [
    'doctor: a mark of a replaced refresh token counts',
    'src/store/examination/profile-findings.ts',
    [['dead !== null && isDead({ dead, refresh } as OAuthProfile)', 'dead !== null && refresh !== dead']],
    'test/unit/doctor/damaged-stores.test.ts',
    'a mark of a refresh token that another program has replaced since',
  ],
  [
    'doctor: a login that the server has ended is not found',
    'src/store/examination/profile-findings.ts',
    [['isEnded(healed) ? [ended(subject, healed as OAuthProfile)] : []', '[]']],
    'test/unit/doctor/damaged-stores.test.ts',
    'a login that the server has ended',
  ],
];
