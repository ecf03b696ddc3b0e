/** The completion script of fish, for `source` and for its directory of completions. */

import { type Offered, type OfferedOption, type OfferedValue, takingValues } from './offered.ts';

export function fishScript(commands: readonly Offered[]): string {
  return `# Completion of codex-login for fish: ~/.config/fish/completions/codex-login.fish
# The words of the line that are no option and no value of one: the command first.
function __codex_login_words
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word ${takingValues(commands).join(' ')}
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end
function __codex_login_in
    set -l words (__codex_login_words)
    test (count $words) -eq 0; and set words login
    test $words[1] = $argv[1]
end
function __codex_login_first
    test (count (__codex_login_words)) -eq $argv[1]
end
complete -c codex-login -e
complete -c codex-login -f
${commands.flatMap(ofCommand).join('\n')}
`;
}

function ofCommand({ name, summary, words, options }: Offered): string[] {
  const here = `__codex_login_in ${name}`;
  return [
    line(`__codex_login_first 0`, `-a ${quoted(name)} -d ${quoted(summary)}`),
    ...(words.length === 0
      ? []
      : [line(`${here}; and __codex_login_first 1`, `-a ${quoted(words.join(' '))}`)]),
    ...options.map((option) => line(here, ofOption(option))),
  ];
}

function ofOption({ name, short, help, value }: OfferedOption): string {
  const names = short === undefined ? `-l ${name}` : `-s ${short} -l ${name}`;
  return `${names} ${value === undefined ? '' : `${offering(value)} `}-d ${quoted(help)}`;
}

/** \`-x\`: a value is demanded, and files are none; \`-r -F\`: files are. */
function offering({ words, paths }: OfferedValue): string {
  const listed = paths === 'directories' ? [...words, '(__fish_complete_directories)'] : words;
  const offered = listed.length === 0 ? '' : ` -a ${quoted(listed.join(' '))}`;
  return `${paths === 'files' ? '-r -F' : '-x'}${offered}`;
}

function line(condition: string, rest: string): string {
  return `complete -c codex-login -n ${quoted(condition)} ${rest}`;
}

/** Within single quotes fish reads a backslash before a quote and before itself. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
