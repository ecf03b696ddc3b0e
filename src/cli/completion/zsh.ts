/** The completion script of zsh: for `eval`, and as a file `_codex-login` in a directory of `fpath`. */

import { type Offered, type OfferedOption, type OfferedValue, takingValues, valuesOf } from './offered.ts';

export function zshScript(commands: readonly Offered[]): string {
  return `#compdef codex-login
# Completion of codex-login for zsh: eval "$(codex-login completion zsh)"
_codex_login() {
  local command previous=\${words[CURRENT-1]} index=2 after=0
  local -a options values
  while (( index < CURRENT )); do
    case \${words[index]} in
      ${takingValues(commands).join('|')}) (( index++ )) ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=\${words[index]}; else (( after++ )); fi ;;
    esac
    (( index++ ))
  done
  # "--name=value" is one word.
  if [[ \${words[CURRENT]} == --*=* ]]; then
    previous=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
  case \${command:-login}:$previous in
${valuesOf(commands)
  .map(({ command, option, value }) => `    ${command}:${option}) ${offering(value)} return ;;`)
  .join('\n')}
  esac
  case \${command:-login} in
${commands.map(({ name, options, words }) => `    ${name})\n      options=(${options.map(described).join(' ')})\n      values=(${words.map(quoted).join(' ')}) ;;`).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe -o option options
  elif [[ -z $command ]]; then
    values=(${commands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(' ')})
    _describe command values
  elif (( after == 0 && $#values )); then
    compadd -a values
  fi
}
if [[ $funcstack[1] == _codex-login ]]; then
  _codex_login "$@"
else
  if (( ! $+functions[compdef] )); then autoload -Uz compinit; compinit; fi
  compdef _codex_login codex-login
fi
`;
}

function described({ name, help }: OfferedOption): string {
  return quoted(`--${name}:${help}`);
}

function offering({ words, paths }: OfferedValue): string {
  const listed = words.length === 0 ? '' : `compadd -- ${words.map(quoted).join(' ')};`;
  const found = paths === undefined ? '' : paths === 'directories' ? '_files -/;' : '_files;';
  return `${listed} ${found}`.trim();
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
