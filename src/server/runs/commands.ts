/** Slash commands the gateway itself understands: one table, each with the scope of the call it stands for (AU11). */

import { thinkingLevels } from '../../shared/model/thinking.ts'
import type { Scope } from '../../shared/protocol/scope.ts'

/** What a command may do. Each is the same code the matching method of the wire runs. */
export type CommandActions = {
  status(sessionKey: string): Promise<string>
  models(): Promise<string>
  setModel(sessionKey: string, model: string | null): Promise<string>
  setThinking(sessionKey: string, level: string | null): Promise<string>
  reset(sessionKey: string): Promise<string>
  compact(sessionKey: string): Promise<string>
  approve(id: string, decision: string): Promise<string>
}

/** What `reset` answers when it has been done. */
export const begunAnew = 'New session. The old one stays searchable.'

export type GatewayCommand = {
  name: string
  aliases: readonly string[]
  about: string
  /** How arguments are written, empty when there are none. */
  usage: string
  scope: Scope
  run(actions: CommandActions, sessionKey: string, args: string): Promise<string>
}

/** Words behind a command that takes none may be a message: they are given back, and nothing is done. */
function define({ run, ...command }: GatewayCommand): GatewayCommand {
  const alone = `\`/${command.name}\` takes no words, so nothing was done. Send it alone, and the words after it.`
  const isAlone = (args: string) => command.usage !== '' || args === ''
  return { ...command, run: async (actions, key, args) => (isAlone(args) ? run(actions, key, args) : alone) }
}

const gatewayCommands: readonly GatewayCommand[] = [
  define({
    name: 'help',
    aliases: ['commands'],
    about: 'List the commands of this gateway',
    usage: '',
    scope: 'read',
    run: async () => helpText(),
  }),
  define({
    name: 'status',
    aliases: [],
    about: 'Show model, tokens and state of this session',
    usage: '',
    scope: 'read',
    run: (actions, key) => actions.status(key),
  }),
  define({
    name: 'models',
    aliases: [],
    about: 'List the models that can be chosen',
    usage: '',
    scope: 'read',
    run: (actions) => actions.models(),
  }),
  define({
    name: 'model',
    aliases: [],
    about: 'Choose the model of this session, or "default"',
    usage: '<provider:model>',
    scope: 'write',
    run: (actions, key, args) =>
      args === '' ? actions.models() : actions.setModel(key, args === 'default' ? null : args),
  }),
  define({
    name: 'think',
    aliases: ['thinking'],
    about: 'Set how long the model thinks',
    usage: `<${thinkingLevels.join('|')}>`,
    scope: 'write',
    run: (actions, key, args) => actions.setThinking(key, args === '' || args === 'off' ? null : args),
  }),
  define({
    name: 'new',
    aliases: ['reset'],
    about: 'Start this session afresh; the old one stays searchable',
    usage: '',
    scope: 'admin',
    run: (actions, key) => actions.reset(key),
  }),
  define({
    name: 'compact',
    aliases: [],
    about: 'Shorten what the model sees of this session',
    usage: '',
    scope: 'admin',
    run: (actions, key) => actions.compact(key),
  }),
  define({
    name: 'approve',
    aliases: [],
    about: 'Answer a waiting command',
    usage: '<id> <once|always|deny>',
    scope: 'approvals',
    run: (actions, _key, args) => {
      const [id = '', word = 'once'] = args.split(/\s+/)
      const decision = word === 'once' || word === 'always' ? `allow-${word}` : word
      return actions.approve(id, decision)
    },
  }),
]

export type ParsedCommand = { command: GatewayCommand; args: string }

/** The command a message is, if it is one. Unknown slash words are ordinary messages for the model. */
export function parseCommand(text: string): ParsedCommand | undefined {
  const match = /^\/([a-z]+)(?:\s+([\s\S]*))?$/i.exec(text.trim())
  if (!match) return undefined
  const name = (match[1] ?? '').toLowerCase()
  const command = gatewayCommands.find((candidate) => candidate.name === name || candidate.aliases.includes(name))
  return command ? { command, args: (match[2] ?? '').trim() } : undefined
}

function helpText(): string {
  const lines = gatewayCommands.map(
    ({ name, usage, about }) => `- \`/${name}${usage === '' ? '' : ` ${usage}`}\`: ${about}`,
  )
  return ['Commands of this gateway:', '', ...lines, '- `/stop`: stop what is running'].join('\n')
}
