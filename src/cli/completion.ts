/** `clawdbot completion bash|zsh|fish`: the script by which a shell completes commands, flags and names of profiles. */

import { type Command, defineCommand, type Flags } from './command.ts'
import { bashScript } from './completion/bash.ts'
import type { Completed, CompletedFlag } from './completion/completed.ts'
import { fishScript } from './completion/fish.ts'
import { zshScript } from './completion/zsh.ts'
import { usage } from './parse.ts'
import { screenFlags } from './screen-flags.ts'

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

type Row = { readonly name: string; readonly about: string; readonly load: () => Promise<Command> }

/** Of the table it is itself in. */
export const completionOf = (table: readonly Row[]): Command =>
  defineCommand({
    name: 'completion',
    about:
      'print what your shell needs to complete commands, flags and profiles; only for now: source <(clawdbot completion bash)',
    args: '<bash|zsh|fish>',
    flags: {},
    async run({ args, out }) {
      const [shell = '', ...rest] = args
      const script = Object.hasOwn(shells, shell) ? shells[shell as keyof typeof shells] : undefined
      if (!script || rest.length > 0) throw usage('completion takes one shell: bash, zsh or fish', 'completion')
      out(script(await everything(table)))
      return 0
    },
  })

async function everything(table: readonly Row[]): Promise<Completed[]> {
  const commands = await Promise.all(
    table.map(async ({ name, about, load }) => {
      const { args = '', flags } = await load()
      return { name, about, takes: kindOf(name, args), flags: flagsOf(flags) }
    }),
  )
  const bare = { name: '', about: '', takes: 'nothing' as const, flags: flagsOf(screenFlags) }
  return [bare, ...commands]
}

function flagsOf(flags: Flags): CompletedFlag[] {
  const given = Object.entries(flags).map(([name, { type, about, value = '', choices = [] }]) => {
    const hasValue = type !== 'boolean'
    return { name, about, hasValue, choices, takes: hasValue ? kindOf(name, value) : ('nothing' as const) }
  })
  return [...given, { name: 'help', about: 'explain it', hasValue: false, choices: [], takes: 'nothing' }]
}

/** What stands there, as far as a shell can know it. */
function kindOf(name: string, shown: string): Completed['takes'] {
  if (name === 'profile' || name === 'use' || shown.includes('<profile')) return 'profile'
  if (shown.includes('<bash|')) return 'shell'
  return shown.includes('file>') || (shown === '<path>' && name !== 'config get' && name !== 'config unset')
    ? 'file'
    : 'nothing'
}
