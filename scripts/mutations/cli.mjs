// Ways to break what a person sees and types: description, file, edits, test file, test name.

const COMPLETION = 'test/unit/cli/completion.test.ts';
const DRAWING = 'test/unit/cli/drawing.test.ts';
const HELP = 'test/unit/cli/help.test.ts';
const LINK = 'test/unit/cli/hyperlink.test.ts';
const CLIPBOARD = 'test/unit/cli/clipboard.test.ts';
const QR = 'test/unit/cli/qr-code.test.ts';

/** @type {import('../mutations.mjs').Mutation[]} */
export const mutations = [
  [
    'screen: a link of anybody reaches the terminal',
    'src/cli/terminal.ts',
    [['ownLinks.has(part) ? part', "part.includes(']8;;') ? part"]],
    DRAWING,
    'is told from a link that a server',
  ],
  [
    'screen: a URL that ends the sequence of a link',
    'src/cli/hyperlink.ts',
    [['if (!/^https?:\\/\\/[\\x21-\\x7e]{1,2000}$/.test(url)) return text;', '']],
    LINK,
    'is none, but its text',
  ],
  [
    'screen: links inside an old tmux',
    'src/cli/hyperlink.ts',
    [['  if (environment.TMUX) return reaches(environment.TERM_PROGRAM_VERSION, 3, 4);\n', '']],
    LINK,
    'tmux 3.3 in kitty',
  ],
  [
    'screen: links in a pipe',
    'src/cli/hyperlink.ts',
    [['if (!isTerminal || ', 'if (']],
    LINK,
    'is not written for a pipe',
  ],
  [
    'screen: links with --no-color',
    'src/cli/terminal.ts',
    [['const linking = options.color && ', 'const linking = ']],
    DRAWING,
    'is its text in --no-color',
  ],
  [
    'screen: a QR code in the colours of the theme',
    'src/cli/qr-code.ts',
    [["fixed: ['\\u001b[38;5;16;48;5;231m', '\\u001b[0m'],", "fixed: ['', ''],"]],
    QR,
    'drawn fixed is read from a dark terminal',
  ],
  [
    'screen: a QR code without a margin',
    'src/cli/qr-code.ts',
    [
      [
        "style === 'on-dark' ? row < size && !isDark(row, column) :",
        "style === 'on-dark' ? !isDark(row, column) && code[row - margin] !== undefined :",
      ],
    ],
    QR,
    'drawn on-dark is read',
  ],
  [
    'screen: a QR code that wraps',
    'src/cli/qr-code.ts',
    [['if (margin === undefined) return undefined;', 'if (margin === undefined) return [];']],
    QR,
    'is not drawn where it would wrap',
  ],
  [
    'screen: a QR code where nobody watches',
    'src/cli/terminal.ts',
    [['const lines = live ? drawQrCode', 'const lines = true ? drawQrCode']],
    DRAWING,
    'is not drawn in a pipe',
  ],
  [
    'screen: the clipboard of the machine far away',
    'src/cli/clipboard.ts',
    [["if (FAR.has(place.kind) || place.kind === 'ci') return multiplexer;", '']],
    CLIPBOARD,
    'from afar',
  ],
  [
    'screen: the text to copy in the list of processes',
    'src/cli/clipboard.ts',
    [['ports.pipe(program, args, text)', 'ports.pipe(program, [...args, text], text)']],
    CLIPBOARD,
    'never through its arguments',
  ],
  [
    'screen: anything goes into the clipboard',
    'src/cli/clipboard.ts',
    [
      [
        "if (!/^[\\x20-\\x7e]{1,4096}$/.test(text)) return { copied: false, reason: 'it is no plain short text' };",
        '',
      ],
    ],
    CLIPBOARD,
    'takes nothing but a short line',
  ],
  [
    'screen: a clipboard program that never ends is waited for',
    'src/system.ts',
    [['const PIPE_LIMIT_MS = 2000;', 'const PIPE_LIMIT_MS = 30_000;']],
    CLIPBOARD,
    'is ended after two seconds',
  ],
  [
    'screen: a command that is parted by a narrow terminal',
    'src/cli/invitation.ts',
    [["place.forward.replaceAll(' ', NO_BREAK)", 'place.forward']],
    DRAWING,
    'stays in one piece in a terminal of 40 columns',
  ],
  [
    'screen: help that is cut by a narrow terminal',
    'src/cli/layout.ts',
    [["if (line !== '' && widthOf(line) + 1 + widthOf(word) > most) {", 'if (false) {']],
    HELP,
    'fits',
  ],
  [
    'screen: a command that the help forgets',
    'src/cli/help.ts',
    [['command.task === task)', "command.task === task && command.name !== 'order')"]],
    HELP,
    'lists every command once',
  ],
  [
    'screen: a variable that the help forgets',
    'src/cli/topics.ts',
    [["      ['CODEX_HOME', ", "      ['CODEX', "]],
    HELP,
    'names every environment variable',
  ],
  [
    'screen: an exit status without its errors',
    'src/cli/topics.ts',
    [['.filter(([, of]) => of === status)', '.filter(([, of]) => of === status && of !== 7)']],
    HELP,
    'names every exit status',
  ],
  [
    'screen: bash takes the value of an option for a command',
    'src/cli/completion/bash.ts',
    [['index=$((index+1)); index=$((index+1)) ;;', ';;']],
    COMPLETION,
    'completion in bash',
  ],
  [
    'screen: bash parts a file name at its spaces',
    'src/cli/completion/bash.ts',
    [
      [
        'while IFS= read -r path; do [ -n "$path" ] && COMPREPLY+=("$path"); done <<< "$(compgen "$1" -- "$current")"',
        'COMPREPLY+=($(compgen "$1" -- "$current"))',
      ],
    ],
    COMPLETION,
    'completion in bash offers files',
  ],
  [
    'screen: bash reads no value after "="',
    'src/cli/completion/bash.ts',
    [['elif [ "$previous" = "=" ]', 'elif false']],
    COMPLETION,
    'completion in bash offers a value after',
  ],
  [
    'screen: zsh takes the value of an option for a command',
    'src/cli/completion/zsh.ts',
    [['(( index++ )) ;;', ';;']],
    COMPLETION,
    'completion in zsh',
  ],
  [
    'screen: zsh offers files for a directory',
    'src/cli/completion/zsh.ts',
    [["paths === 'directories' ? '_files -/;' : '_files;'", "'_files;'"]],
    COMPLETION,
    'completion in zsh offers directories',
  ],
  [
    'screen: fish takes the value of an option for a command',
    'src/cli/completion/fish.ts',
    [['            set skip 1\n', '            set skip 0\n']],
    COMPLETION,
    'completion in fish',
  ],
  [
    'screen: fish offers files everywhere',
    'src/cli/completion/fish.ts',
    [['complete -c codex-login -f\n', '']],
    COMPLETION,
    'completion in fish',
  ],
  [
    'screen: the line that lives is cut within a sentence',
    'src/cli/terminal.ts',
    [['line.length + 1 + sentence.length > width ? line : `', 'false ? line : `']],
    'test/unit/cli/terminal.test.ts',
    'has whole sentences',
  ],
  [
    'screen: a command in the background writes into the line of its shell',
    'src/cli/terminal.ts',
    [['text === living || !inForeground()', 'text === living']],
    'test/unit/cli/terminal.test.ts',
    'leaves the line alone',
  ],
  [
    'screen: the line of a shell is removed from its background',
    'src/cli/terminal.ts',
    [["living !== '' && inForeground()", "living !== ''"]],
    'test/unit/cli/terminal.test.ts',
    'leaves the line alone',
  ],
  [
    'paste: an end that the terminal lost is waited for',
    'src/cli/paste-assembler.ts',
    [
      [
        '      quiet = new AbortController();',
        '      if (isOpen) return;\n      quiet = new AbortController();',
      ],
    ],
    'test/unit/cli/paste-assembler.test.ts',
    'although its end was lost',
  ],
  [
    'signals: a terminal that is closed kills the login where it stands',
    'src/cli/signals.ts',
    [[", SIGHUP: 'ERR_TERMINATED'", '']],
    'test/e2e/signals.test.ts',
    'and so does SIGHUP',
  ],
  [
    'screen: what comes meanwhile is said before its turn',
    'src/cli/in-turn.ts',
    [['last === undefined ? handle(thing) : last.then(() => handle(thing))', 'handle(thing)']],
    'test/unit/cli/terminal.test.ts',
    'is said in its turn',
  ],
  [
    'screen: the end does not wait for what is yet to be said',
    'src/cli/progress.ts',
    [['      await allSaid();\n', '']],
    'test/unit/cli/terminal.test.ts',
    'is said in its turn',
  ],
  [
    'help: the paragraph of an error goes on into the next one',
    'src/cli/error-paragraph.ts',
    [['found?.split(/^##/m)[0]', 'found']],
    'test/unit/cli/error-paragraph.test.ts',
    'ends where the next heading begins',
  ],
  [
    'screen: an error does not say which command explains it',
    'src/cli/terminal.ts',
    [['/^ERR_(?:USAGE|ABORTED|TERMINATED)$/', '/^/']],
    'test/unit/cli/terminal.test.ts',
    'is told once where the login ends with it',
  ],
];
