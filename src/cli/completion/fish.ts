/** The completion of fish. Pure. */

import { type Completed, type CompletedFlag, firstWords, groups, profilesCall, secondWords } from './completed.ts'

export function fishScript(commands: readonly Completed[]): string {
  const first = firstWords(commands).map(({ name, about }) => line('__clawdbot_is', `-a ${name}`, about))
  const second = groups(commands).flatMap((group) =>
    secondWords(commands, group).map(({ name, about }) =>
      line(`__clawdbot_is ${group}`, `-a ${name.slice(group.length + 1)}`, about),
    ),
  )
  const rest = commands.flatMap(({ name, flags, takes }) => {
    const within = `__clawdbot_in ${name}`.trimEnd()
    const own = takes === 'nothing' || name === '' ? [] : [line(within, answersOf(takes, []), undefined)]
    return [...own, ...flags.map((flag) => line(within, flagOf(flag), flag.about))]
  })
  return `# Completion of clawdbot for fish: clawdbot completion fish > ~/.config/fish/completions/clawdbot.fish
function __clawdbot_is --description 'these words, and no more'
  set -l words (commandline -opc)
  test "$words[2..]" = "$argv"
end
function __clawdbot_in --description 'these words first'
  set -l words (commandline -opc)
  if test (count $argv) -eq 0
    not set -q words[2]; or string match -q -- '-*' $words[2]
  else
    test "$words[2.."(math 1 + (count $argv))"]" = "$argv"
  end
end
complete -c clawdbot -f
${[...first, ...second, ...rest].join('\n')}
`
}

function line(condition: string, what: string, about: string | undefined): string {
  const told = about === undefined ? '' : ` -d ${quoted(about)}`
  return `complete -c clawdbot -n '${condition}' ${what}${told}`
}

function flagOf({ name, hasValue, takes, choices }: CompletedFlag): string {
  if (!hasValue) return `-l ${name}`
  return takes === 'file' ? `-l ${name} -r -F` : `-l ${name} -x ${answersOf(takes, choices)}`.trimEnd()
}

function answersOf(takes: Completed['takes'], choices: readonly string[]): string {
  if (takes === 'profile') return `-a '(${profilesCall} 2>/dev/null)'`
  if (takes === 'file') return '-F'
  if (takes === 'shell') return "-a 'bash zsh fish'"
  return choices.length === 0 ? '' : `-a '${choices.join(' ')}'`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
