/** The completion script of bash, from 3.2 on (that of macOS): nothing but a function and `complete -F`. */

import { type Offered, type OfferedValue, takingValues, valuesOf } from './offered.ts';

export function bashScript(commands: readonly Offered[]): string {
  const names = commands.map(({ name }) => name);
  const words = commands.map(
    ({ name, options, words }) =>
      `    ${name}) options=${quoted(options.map(({ name }) => `--${name}`))} words=${quoted(words)} ;;`,
  );
  return `# Completion of codex-login for bash: eval "$(codex-login completion bash)"
# A name with spaces or stars is one answer.
_codex_login_paths() {
  local path
  while IFS= read -r path; do [ -n "$path" ] && COMPREPLY+=("$path"); done <<< "$(compgen "$1" -- "$current")"
  compopt -o filenames 2>/dev/null
}
_codex_login() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command= index=1 after=0 options= words= IFS=$' \\t\\n'
  COMPREPLY=()
  # "--name=value" comes as three words.
  if [ "$current" = "=" ]; then current=
  elif [ "$previous" = "=" ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  while [ "$index" -lt "$COMP_CWORD" ]; do
    case "\${COMP_WORDS[index]}" in
      ${takingValues(commands).join('|')}) [ "\${COMP_WORDS[index+1]}" = "=" ] && index=$((index+1)); index=$((index+1)) ;;
      -*) ;;
      *) if [ -z "$command" ]; then command="\${COMP_WORDS[index]}"; else after=$((after+1)); fi ;;
    esac
    index=$((index+1))
  done
  case "\${command:-login}:$previous" in
${valuesOf(commands)
  .map(({ command, option, value }) => `    ${command}:${option}) ${offering(value)} return ;;`)
  .join('\n')}
  esac
  case "\${command:-login}" in
${words.join('\n')}
  esac
  [ -z "$command" ] && words=${quoted(names)}
  [ "$after" -gt 0 ] && words=
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
  esac
}
complete -F _codex_login codex-login
`;
}

/** Statements that leave what is offered in COMPREPLY. */
function offering({ words, paths }: OfferedValue): string {
  return [
    ...(words.length === 0 ? [] : [`COMPREPLY=($(compgen -W ${quoted(words)} -- "$current"));`]),
    ...(paths === undefined ? [] : [`_codex_login_paths ${paths === 'directories' ? '-d' : '-f'};`]),
  ].join(' ');
}

function quoted(words: readonly string[]): string {
  return `'${words.join(' ').replaceAll("'", `'\\''`)}'`;
}
