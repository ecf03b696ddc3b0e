// Ways to misjudge where the person sits: description, file, edits, test file, test name.

const TEST = 'test/unit/surroundings.test.ts';

/** @type {import('../mutations.mjs').Mutation[]} */
export const mutations = [
  [
    'place: any user name in the line for a shell',
    'src/surroundings/ssh.ts',
    [
      [
        "const user = /^[a-z_][\\w.-]{0,31}$/i.test(name) ? name : '<user>';",
        "const user = name || '<user>';",
      ],
    ],
    TEST,
    'R-9700-3 takes no user, address or port',
  ],
  [
    'place: any address in the line for a shell',
    'src/surroundings/ssh.ts',
    [['const far = ADDRESS.test(mapped) && ', 'const far = mapped !== "" && ']],
    TEST,
    'R-9700-3 takes no user, address or port',
  ],
  [
    'place: any port in the line for a shell',
    'src/surroundings/ssh.ts',
    [["/^[1-9]\\d{0,4}$/.test(at) && at !== '22'", "at !== '' && at !== '22'"]],
    TEST,
    'R-9700-3 takes no user, address or port',
  ],
  [
    'place: a line to this machine itself',
    'src/surroundings/ssh.ts',
    [['127\\.|0\\.|::1?$|', '']],
    TEST,
    'fits the end of a tunnel',
  ],
  [
    'place: the line always names 1455',
    'src/surroundings/ssh.ts',
    [[`-L \${port}:localhost:\${port}`, '-L 1455:localhost:1455']],
    TEST,
    'the port that is listened on',
  ],
  [
    'place: any pod in the line for a shell',
    'src/surroundings/container.ts',
    [["DNS_LABEL.test(pod) ? pod : '<pod>'", "pod || '<pod>'"]],
    TEST,
    'of Kubernetes the line that forwards the port is told with hostile names',
  ],
  [
    'place: any caller of sudo is quoted',
    'src/surroundings.ts',
    [["/^[a-z_][\\w.-]{0,31}$/i.test(caller) ? caller : 'who called sudo'", 'caller']],
    TEST,
    'is told whose credential',
  ],
  [
    'place: a window over SSH',
    'src/surroundings/places.ts',
    [['  findSsh,\n', '']],
    TEST,
    'over SSH with a display nothing is opened',
  ],
  [
    'place: WSL before its containers',
    'src/surroundings/places.ts',
    [['  findContainer,\n  findWsl,\n', '  findWsl,\n  findContainer,\n']],
    TEST,
    'in a Docker container on WSL',
  ],
  [
    'place: a container before the job in it',
    'src/surroundings/places.ts',
    [['  findJob,\n', '']],
    TEST,
    'is nobody to open a browser for',
  ],
  [
    'place: a job although somebody looks into it',
    'src/surroundings/places.ts',
    [['if (probe.terminal.input && probe.terminal.output) return undefined;', '']],
    TEST,
    'is none where somebody looks into it',
  ],
  [
    'place: a question without a terminal',
    'src/surroundings.ts',
    [['probe.terminal.input && probe.terminal.output;', 'probe.terminal.input || probe.terminal.output;']],
    TEST,
    'nothing is asked',
  ],
  [
    'place: a browser in the terminal takes the login over',
    'src/surroundings/browser-variable.ts',
    [['if (IN_A_TERMINAL.has(program))', 'if (false)']],
    TEST,
    'where BROWSER is a program of the terminal',
  ],
  [
    'place: a toolbox is a container',
    'src/surroundings/container.ts',
    [['environment.TOOLBOX_PATH || ', '']],
    TEST,
    'in a toolbox',
  ],
  [
    'place: Windows programs although they are forbidden',
    'src/surroundings/wsl.ts',
    [["settingOf(settings, ['interop'], 'enabled') !== 'false'", 'true']],
    TEST,
    'by nothing that may be started',
  ],
  [
    'place: a setting of another section',
    'src/surroundings/wsl.ts',
    [['sections.includes(section) && ', '']],
    TEST,
    'that of another section',
  ],
  [
    'place: localhost of WSL is always forwarded',
    'src/surroundings/wsl.ts',
    [["=== 'false') {", "=== 'never') {"]],
    TEST,
    'NAT without forwarding',
  ],
  [
    'place: a file that is too long for a sign is read whole',
    'src/system.ts',
    [['const LONGEST_SIGN_BYTES = 64 * 1024;', 'const LONGEST_SIGN_BYTES = 1024 * 1024;']],
    'test/unit/system.test.ts',
    'is read up to 64 KiB',
  ],
];
