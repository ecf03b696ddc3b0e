/** What a real shell offers for a line: its own machinery runs, with nothing of a person's settings. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { temporaryDirectory } from './temporary.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

export function isInstalled(shell: Shell): boolean {
  return spawnSync(shell, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/**
 * What Tab offers at the end of `line`, sorted; descriptions are left out.
 * @param script what `codex-login completion` prints for this shell
 * @param cwd where paths are looked for
 */
export function offeredBy(shell: Shell, script: string, line: string, cwd: string): string[] {
  const home = temporaryDirectory();
  const path = join(home, 'completion');
  writeFileSync(path, script);
  const { PATH = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(shell, RUN[shell](path, line, home), {
    cwd,
    encoding: 'utf8',
    timeout: SHELL_LIMIT_MS,
    env: { PATH, HOME: home, TERM: 'dumb', LC_ALL: 'C.UTF-8', XDG_CONFIG_HOME: home },
  });
  if (status !== 0 || stderr !== '' || (shell === 'zsh' && !stdout.includes(ZSH_END)))
    throw new Error(`${shell} ended with ${status}: ${stderr}\n${stdout}`);
  return [
    ...new Set(
      stdout
        .split('\n')
        // fish answers with the whole word where a value follows "=".
        .map((text) => text.split('\t')[0]?.replace(/\r$|^--[\w-]+=/g, '') ?? '')
        .filter((text) => text !== '' && text !== ZSH_END),
    ),
  ].sort();
}

/** What zsh has found out about its own completions: that takes it a third of a second, each time anew. */
const cache = fileURLToPath(new URL('../../.cache', import.meta.url));

/** What zsh writes when it has offered all. */
const ZSH_END = '>>>';

/** On a machine with much else to do a zsh takes seconds to be there. */
export const SHELL_LIMIT_MS = 60_000;

const RUN: Readonly<Record<Shell, (script: string, line: string, home: string) => string[]>> = {
  // Words are parted as readline does it: at spaces, and at "=".
  bash: (script, line) => [
    '--norc',
    '-uc',
    `source ${script}
     line=${quoted(line)}; spaced="\${line//=/ = }"; read -ra COMP_WORDS <<< "$spaced"
     case "$spaced" in *' ') COMP_WORDS+=('') ;; esac
     COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); COMP_LINE=$line; COMP_POINT=\${#line}
     complete -p codex-login > /dev/null
     $(complete -p codex-login | sed 's/.*-F \\([^ ]*\\).*/\\1/')
     [ \${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  fish: (script, line) => ['--no-config', '-c', `source ${script}; complete -C ${quoted(line)}`],
  // A zsh with a terminal of its own, whose `compadd` says what would be added.
  zsh: (script, line, home) => {
    mkdirSync(cache, { recursive: true });
    writeFileSync(
      join(home, 'inner.zsh'),
      `PROMPT=; autoload -Uz compinit; compinit -u -C -d ${quoted(`${cache}/zsh-`)}$ZSH_VERSION
bindkey '^I' complete-word; bindkey '^M' undefined-key; bindkey '^J' undefined-key
null-line () { print -r -- '<<<'; }; last-line () { print -r -- '${ZSH_END}'; exit; }
compprefuncs=( null-line ); comppostfuncs=( last-line )
zstyle ':completion:*' list-grouped false
zstyle ':completion:*' insert-tab false
zstyle ':completion:*' completer _complete
compadd () {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
  local -a hits; builtin compadd -A hits "$@"
  local hit; for hit in $hits; do print -r -- "$hit"; done
  builtin compadd "$@"
}
source ${script}
print -r -- ready
`,
    );
    return [
      '-fc',
      `zmodload zsh/zpty
zpty z zsh -f -i
local line
zpty -w z ${quoted(`source ${home}/inner.zsh`)}
repeat 200; do zpty -r z line || break; [[ $line == *ready* && $line != *source* ]] && break; done
zpty -w -n z ${quoted(`${line}\t`)}
local on=0
repeat 2000; do
  zpty -r z line || break
  [[ $line == *'${ZSH_END}'* ]] && { print -r -- '${ZSH_END}'; break; }
  if (( on )); then print -rn -- "$line"; fi
  [[ $line == *'<<<'* ]] && on=1
done
zpty -d z
true`,
    ];
  },
};

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
