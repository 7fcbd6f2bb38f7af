/** `clawdbot config get|set|unset|validate|path`: the settings of the gateway on this machine. */

import { Fault } from '../shared/fault.ts'
import { defineCommand, type Flags, type Surroundings } from './command.ts'
import { refuseTakenPort, warnOfTypedPort } from './config-port.ts'
import type { ConfigChange, ConfigFile } from './host.ts'
import { usage } from './parse.ts'
import { harmless } from './style.ts'

const jsonFlag = { json: { type: 'boolean', about: 'print JSON' } } as const satisfies Flags

export const configPath = defineCommand({
  name: 'config path',
  about: 'where the file is',
  flags: jsonFlag,
  async run({ host, out, flags }) {
    const { config } = await host()
    const { exists } = config.look()
    if (flags.json) out(`${JSON.stringify({ path: config.path, exists })}\n`)
    else out(`${config.path}${exists ? '' : ' (not there: every setting has its default)'}\n`)
    return 0
  },
})

export const configGet = defineCommand({
  name: 'config get',
  about: 'one setting, or all that are in force',
  args: '[<path>]',
  flags: jsonFlag,
  async run({ host, out, err, args, flags }) {
    const { config } = await host()
    const [path] = args
    const setting = path === undefined ? { value: config.all(), isInFile: true } : config.get(path)
    if (setting === undefined) {
      err(`${path} has no value.\n`)
      return 1
    }
    const { value, isInFile } = setting
    if (flags.json || typeof value !== 'string') out(`${JSON.stringify(value, null, 2)}\n`)
    else out(`${harmless(value)}\n`)
    if (!isInFile && !flags.json) err('(the default; the file does not say)\n')
    return 0
  },
})

export const configSet = defineCommand({
  name: 'config set',
  about: 'change one setting; everything else in the file stays, comments included',
  args: '<path> [<value>]',
  flags: {
    ...jsonFlag,
    stdin: { type: 'boolean', about: 'read the value from standard input: for secrets' },
    text: { type: 'boolean', about: 'the value is text, also when it looks like a number or JSON' },
  },
  async run(invocation) {
    const { host, args, flags, person } = invocation
    const { config } = await host()
    const [path, written, ...rest] = args
    if (path === undefined || rest.length > 0 || (written === undefined) !== flags.stdin) {
      throw usage('It takes a path and a value: config set gateway.port 18790, or --stdin', 'config set')
    }
    const source = written ?? (await person.input()).replace(/\r?\n$/, '')
    const value = flags.text ? source : readValue(source, config, path)
    if (written !== undefined) refuseSecrets(path, config.secretsIn(path, value))
    if (path === 'gateway.port') await refuseTakenPort(config, value, invocation)
    const code = report(invocation, config, path, config.set(path, value))
    if (path === 'gateway.port') await warnOfTypedPort(value, invocation)
    return code
  },
})

export const configUnset = defineCommand({
  name: 'config unset',
  about: 'take one setting out of the file, so that its default counts',
  args: '<path>',
  flags: jsonFlag,
  async run(invocation) {
    const { config } = await invocation.host()
    const [path, ...rest] = invocation.args
    if (path === undefined || rest.length > 0)
      throw usage('It takes one path: config unset gateway.port', 'config unset')
    return report(invocation, config, path, config.unset(path))
  },
})

export const configValidate = defineCommand({
  name: 'config validate',
  about: 'every problem of the file, with its line and what to do; exit code 2 if there is one',
  flags: jsonFlag,
  async run({ host, out, err, flags }) {
    const { config } = await host()
    const { exists, raw, valid, issues, warnings } = config.look()
    if (flags.json) out(`${JSON.stringify({ path: config.path, exists, valid, issues, warnings }, null, 2)}\n`)
    else if (valid) out(`✅ ${config.path} ${exists ? 'is valid' : 'is not there, which is fine'}\n`)
    else err(`❌ ${harmless(config.problems(raw ?? '') ?? '')}\n`)
    if (!flags.json) for (const { message, remedy } of warnings) err(`⚠️  ${message}\n   ${remedy ?? ''}\n`)
    return valid ? 0 : 2
  },
})

/** JSON where it is JSON; a setting whose value must be text may look like a number. */
function readValue(source: string, config: ConfigFile, path: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    return source
  }
  return typeof value !== 'string' && typeof config.get(path)?.value === 'string' ? source : value
}

/** A command line is read by `ps` and kept in the shell's history. */
function refuseSecrets(path: string, [secret]: readonly string[]): void {
  if (secret === undefined) return
  const named = secret === path ? `, or name a variable: clawdbot config set ${path} '\${NAME}'` : ''
  throw new Fault('usage.invalid', `${secret} is a secret, and a command line is kept in the history of the shell`, {
    remedy: `Pipe it in: clawdbot config set ${path} --stdin${named}`,
  })
}

/** What was written, and what a gateway that runs makes of it. */
export function report(
  { out, flags }: Pick<Surroundings, 'out'> & { readonly flags: { readonly json: boolean } },
  config: ConfigFile,
  path: string,
  { isChanged, hadFile, needRestart, reload }: ConfigChange,
): number {
  if (flags.json)
    out(`${JSON.stringify({ ok: true, path: config.path, setting: path, changed: isChanged, needRestart, reload })}\n`)
  else if (!isChanged) out(`Nothing to change: ${config.path} says so already.\n`)
  else {
    out(`✅ ${path} is changed in ${config.path}${hadFile ? '; the file as it was is kept beside it as .bak' : ''}\n`)
    const names = needRestart.join(', ')
    if (reload === 'restart') out('   A gateway that runs starts again by itself to take it up\n')
    else if (names !== '')
      out(`   A running gateway takes up ${names} when it starts again: clawdbot gateway restart\n`)
  }
  return 0
}
