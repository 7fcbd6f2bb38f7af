/** `clawdbot backup`: everything another machine needs to be this gateway, in one private file. */

import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { defineCommand } from './command.ts'
import { printJson } from './gateway-call.ts'
import { usage } from './parse.ts'
import { oneLine, sizeText } from './style.ts'

export const backup = defineCommand({
  name: 'backup',
  about:
    "copy this gateway's conversations, devices, settings, audit log and keys into one private file, also while it runs; for: clawdbot restore",
  args: '[<file>]',
  flags: {
    'with-secrets': { type: 'boolean', about: 'also gateway.env, tokens and secrets of profiles' },
    json: { type: 'boolean', about: 'print JSON for programs' },
  },
  async run(invocation) {
    const { args, flags, host, out, clock } = invocation
    if (args.length > 1) throw usage('backup takes one file', 'backup')
    if (args[0]?.trim() === '') throw usage('The name of the file is empty: name one, or leave it out', 'backup')
    const file = await fileFor(args[0], clock.now())
    const gateway = await host()
    const made = await gateway.backup({ file, withSecrets: flags['with-secrets'] })
    const { written } = gateway.secrets.list()
    if (flags.json) {
      printJson(invocation, { ok: true, ...made, secretsInSettings: written })
      return 0
    }
    out(`✅ ${oneLine(made.file)} (${sizeText(made.bytes)})\n   In it: ${made.parts.join(', ')}\n`)
    if (made.leftOut.length > 0) out(`   Left out: ${made.leftOut.join(', ')}. To take them along: --with-secrets\n`)
    out('   Never in it: workspaces, logs\n')
    out('   Who has this file can read every conversation and pass for this gateway: keep it like a key.\n')
    if (written.length > 0) {
      out(`⚠️  Secrets stand in the settings, and so in the backup: ${written.map(oneLine).join(', ')}\n`)
      out('   Move them out: clawdbot secrets move\n')
    }
    return 0
  },
})

/** `clawdbot-vps-1-20261125-191403.tar.gz`, in the folder that is named or the current one. */
async function fileFor(given: string | undefined, now: number): Promise<string> {
  const stamp = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const name = `clawdbot-${hostname().replaceAll(/[^\w.-]/g, '_')}-${stamp}.tar.gz`
  if (given === undefined) return resolve(name)
  const isFolder = (await stat(given).catch(() => undefined))?.isDirectory()
  return isFolder ? join(resolve(given), name) : resolve(given)
}
