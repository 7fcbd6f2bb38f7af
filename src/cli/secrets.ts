/** `clawdbot secrets list|set|unset|move`: what the gateway must know and nobody should read, kept in `gateway.env`. */

import { Secret } from '../shared/std/secret.ts'
import { defineCommand, type Flags } from './command.ts'
import type { SecretPlaces } from './host.ts'
import { usage } from './parse.ts'
import { oneLine } from './style.ts'

const jsonFlag = { json: { type: 'boolean', about: 'print JSON; never a value' } } as const satisfies Flags

export const secretsList = defineCommand({
  name: 'secrets list',
  about: 'the names in gateway.env and who uses each, and secrets that stand in the settings; never a value',
  flags: jsonFlag,
  async run({ host, out, flags }) {
    const places = (await host()).secrets.list()
    const { path, kept, written, slips } = places
    out(flags.json ? `${JSON.stringify({ ok: true, path, kept, written, slips }, null, 2)}\n` : listText(places))
    return 0
  },
})

export const secretsSet = defineCommand({
  name: 'secrets set',
  about: 'keep one in gateway.env; its value is asked for without showing it, or piped in, and is never an argument',
  args: '<NAME>',
  flags: { ...jsonFlag, stdin: { type: 'boolean', about: 'read the value from standard input' } },
  async run({ host, out, args, flags, person, signal }) {
    const name = oneName(args, 'secrets set')
    const { secrets } = await host()
    const value =
      person.isThere && !flags.stdin
        ? await person.hidden(`Value of ${name} (not shown): `, signal)
        : new Secret((await person.input()).replace(/\r?\n$/, ''))
    if (!value?.reveal()) throw usage('The value is missing: type it when asked, or pipe it in', 'secrets set')
    secrets.set(name, value)
    const { path } = secrets.list()
    if (flags.json) out(`${JSON.stringify({ ok: true, path, name })}\n`)
    else
      out(
        `✅ ${name} is kept in ${path}\n   A gateway that runs takes it up by itself. In the settings it is \${${name}}\n`,
      )
    return 0
  },
})

export const secretsUnset = defineCommand({
  name: 'secrets unset',
  about: 'take one out of gateway.env; refused while a setting names it',
  args: '<NAME>',
  flags: jsonFlag,
  async run({ host, out, err, args, flags }) {
    const name = oneName(args, 'secrets unset')
    const { secrets } = await host()
    const wasThere = secrets.unset(name)
    const { path } = secrets.list()
    if (flags.json) out(`${JSON.stringify({ ok: wasThere, path, name })}\n`)
    else if (wasThere) out(`✅ ${name} is gone from ${path}\n`)
    else err(`❌ ${oneLine(name)} is not in ${path}\n   clawdbot secrets list shows what is\n`)
    return wasThere ? 0 : 1
  },
})

export const secretsMove = defineCommand({
  name: 'secrets move',
  about:
    'move secrets from the settings to gateway.env, all or the named ones; the settings then name them, comments stay',
  args: '[<setting>…]',
  flags: jsonFlag,
  async run({ host, out, args, flags }) {
    const { secrets } = await host()
    const moved = secrets.move(args.length === 0 ? undefined : args)
    const { path } = secrets.list()
    if (flags.json) out(`${JSON.stringify({ ok: true, path, moved })}\n`)
    else if (moved.length === 0) out('✅ No secret stands in the settings.\n')
    else {
      for (const { setting, name } of moved) out(`✅ ${setting} is ${placeOf(setting, name)}kept in ${path}\n`)
      out(
        '   They mean the same as before, so nothing has to start again. No copy of the old settings is left beside.\n',
      )
    }
    return 0
  },
})

function oneName([name, ...rest]: readonly string[], command: string): string {
  if (name !== undefined && rest.length === 0) return name
  throw usage(`It takes one name, such as OPENAI_API_KEY: ${command} <NAME>`, command)
}

/** What stood under `env.vars` was a variable already: it is out of the settings, and nothing names it there. */
function placeOf(setting: string, name: string): string {
  return setting === `env.vars.${name}` ? 'out of the settings, and ' : `\${${name}} now, `
}

function listText({ path, kept, written, slips }: SecretPlaces): string {
  const head = kept.length === 0 ? `Nothing is kept in ${path}\n` : `🔐 ${path}\n`
  const lines = kept.map(({ name, usedBy, isShadowed }) => {
    const users = usedBy.length === 0 ? 'nothing uses it' : usedBy.join(', ')
    return `   ${oneLine(name)}: ${users}${isShadowed ? ' (⚠️  the environment here has another value)' : ''}\n`
  })
  const warnings = written.map((setting) => `⚠️  ${setting} stands in the settings as it is\n`)
  const remedy = written.length === 0 ? '' : '   Move it out: clawdbot secrets move\n'
  const odd = slips.map(({ line, what }) => `⚠️  Line ${line} ${what}\n   Correct it there: each line is NAME=value.\n`)
  return [head, ...lines, ...odd, ...warnings, remedy].join('')
}
