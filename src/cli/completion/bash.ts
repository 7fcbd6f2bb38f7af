/** The completion of bash. Pure. */

import { type Completed, firstWords, groups, profilesCall, secondWords } from './completed.ts'

/** Words hold nothing a shell would expand; a flag and its value may be one word with `=`, which bash cuts in three. */
export function bashScript(commands: readonly Completed[]): string {
  const first = firstWords(commands).map(({ name }) => name)
  const second = groups(commands).map(
    (group) => `    ${group}) words='${secondWords(commands, group).map(lastWord).join(' ')}' ;;`,
  )
  const bare = commands.find(({ name }) => name === '')?.flags.map((flag) => `--${flag.name}`) ?? []
  const cases = commands.map(({ name, flags, takes }) => {
    const words = flags.map((flag) => `--${flag.name}`).join(' ')
    return `    '${name}') flags='${words}' takes=${takes} ;;`
  })
  const values = [
    ...new Set(
      commands.flatMap(({ name, flags }) =>
        flags
          .filter(({ takes, choices }) => takes !== 'nothing' || choices.length > 0)
          .map((flag) => `    '${name} --${flag.name}') takes=${flag.takes} choices='${flag.choices.join(' ')}' ;;`),
      ),
    ),
  ]
  const valued = commands.flatMap(({ name, flags }) =>
    flags.filter(({ hasValue }) => hasValue).map((flag) => `'${name} --${flag.name}'`),
  )
  return `# Completion of clawdbot for bash. In ~/.bashrc: source <(clawdbot completion bash)
_clawdbot() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at=$COMP_CWORD
  local command=\${COMP_WORDS[1]} words='' flags='--help' takes=nothing choices=''
  COMPREPLY=()
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if ((at == 1)); then
    if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '${bare.join(' ')}' -- "$cur"))
    else COMPREPLY=($(compgen -W '${first.join(' ')}' -- "$cur"))
    fi
    return
  fi
  [[ $command == -* ]] && command=''
  case $command in
${second.join('\n')}
  esac
  if [[ -n $words ]]; then
    if ((at == 2)) && [[ $cur != -* ]]; then
      COMPREPLY=($(compgen -W "$words" -- "$cur"))
      return
    fi
    command="$command \${COMP_WORDS[2]}"
  fi
  case $command in
${cases.join('\n')}
  esac
  case "$command $prev" in
${values.join('\n')}
    ${valued.length === 0 ? "''" : valued.join('|')}) return ;;
    *) [[ $cur == -* ]] && { COMPREPLY=($(compgen -W "$flags" -- "$cur")); return; } ;;
  esac
  [[ -n $choices ]] && COMPREPLY=($(compgen -W "$choices" -- "$cur")) && return
  case $takes in
    profile) local IFS=$'\\n'; COMPREPLY=($(compgen -W "$(${profilesCall} 2>/dev/null)" -- "$cur")) ;;
    file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")) ;;
    shell) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")) ;;
  esac
}
complete -F _clawdbot clawdbot
`
}

function lastWord({ name }: Completed): string {
  return name.slice(name.indexOf(' ') + 1)
}
