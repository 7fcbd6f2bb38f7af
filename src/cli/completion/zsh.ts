/** The completion of zsh. Pure. */

import { type Completed, firstWords, groups, profilesCall, secondWords } from './completed.ts'

export function zshScript(commands: readonly Completed[]): string {
  const first = firstWords(commands).map(({ name, about }) => described(name, about))
  const second = groups(commands).map((group) => {
    const words = secondWords(commands, group).map(({ name, about }) => described(name.slice(group.length + 1), about))
    return `    ${group}) list=(${words.join(' ')}) ;;`
  })
  const cases = commands.map(({ name, flags, takes }) => {
    const words = flags.map((flag) => described(`--${flag.name}`, flag.about))
    return `    '${name}') takes=${takes} flags=(${words.join(' ')}) ;;`
  })
  const values = commands.flatMap(({ name, flags }) =>
    flags
      .filter(({ hasValue }) => hasValue)
      .map(
        (flag) => `    '${name} --${flag.name}') takes=${flag.takes} choices=(${flag.choices.join(' ')}) isValue=1 ;;`,
      ),
  )
  return `#compdef clawdbot
# Completion of clawdbot for zsh. In ~/.zshrc, after compinit: source <(clawdbot completion zsh)
_clawdbot() {
  local cur=$words[CURRENT] prev=$words[CURRENT-1] command=$words[2] takes=nothing isValue=0
  local -a list flags choices
  if [[ $cur == --*=* ]]; then prev=\${cur%%=*}; compset -P '*='; cur=\${cur#*=}; fi
  if (( CURRENT == 2 )) && [[ $cur != -* && $prev != -* ]]; then
    list=(${first.join(' ')})
    _describe command list
    return
  fi
  [[ $command == -* ]] && command=''
  case $command in
${second.join('\n')}
  esac
  if (( $#list )); then
    if (( CURRENT == 3 )) && [[ $cur != -* ]]; then _describe command list; return; fi
    command="$command $words[3]"
  fi
  flags=('--help:explain it')
  case $command in
${cases.join('\n')}
  esac
  case "$command $prev" in
${values.join('\n')}
  esac
  if (( ! isValue )) && [[ $cur == -* ]]; then _describe -o flag flags; return; fi
  (( $#choices )) && { compadd -- $choices; return; }
  case $takes in
    profile) compadd -- \${(f)"$(${profilesCall} 2>/dev/null)"} ;;
    file) _files ;;
    shell) compadd -- bash zsh fish ;;
  esac
}
if [[ $funcstack[1] == _clawdbot ]]; then _clawdbot "$@"; else compdef _clawdbot clawdbot; fi
`
}

/** One word for `_describe`, where a colon ends the name. */
function described(name: string, about: string): string {
  return `'${name.replaceAll(':', '\\:')}:${about.replaceAll("'", "'\\''")}'`
}
