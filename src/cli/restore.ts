/** `clawdbot restore`: a backup takes the place of what is here, which is kept aside. */

import { resolve } from 'node:path'
import { defineCommand, type Surroundings } from './command.ts'
import { printJson } from './gateway-call.ts'
import type { Host, OpenedBackup } from './host.ts'
import { usage } from './parse.ts'
import { facts, oneLine, sizeText } from './style.ts'

export const restore = defineCommand({
  name: 'restore',
  about:
    'put a backup in the place of what this gateway keeps, here or on another machine; checks all of it first, and keeps what was here aside',
  args: '<file>',
  flags: {
    yes: { type: 'boolean', about: 'do it without asking first' },
    'dry-run': { type: 'boolean', about: 'check it, show what is in it, and do nothing' },
    json: { type: 'boolean', about: 'print JSON for programs' },
  },
  async run(invocation) {
    const { args, flags, host, out, person, signal } = invocation
    const [file, ...rest] = args
    if (file === undefined || rest.length > 0) throw usage('restore takes the file of one backup', 'restore')
    const gateway = await host()
    using backup = await gateway.openBackup(resolve(file), { isDryRun: flags['dry-run'] })
    const { manifest, revoked } = backup
    if (!flags.json) out(summary(backup))
    if (flags['dry-run']) {
      if (flags.json) printJson(invocation, { ok: true, restored: false, manifest, revoked })
      return 0
    }
    if (!flags.yes) {
      if (!person.isThere)
        throw usage('restore asks before it does anything; without a terminal it needs --yes', 'restore')
      if (!(await person.confirm('Restore it?', true, signal))) return 1
    }
    const { aside, strangeLines } = backup.apply()
    const isValid = gateway.config.look().valid
    if (flags.json) {
      printJson(invocation, {
        ok: true,
        restored: true,
        manifest,
        revoked,
        aside,
        strangeLines,
        settingsValid: isValid,
      })
      return 0
    }
    out('✅ Restored\n')
    if (aside !== undefined) out(`   What was here is kept in ${oneLine(aside)}\n`)
    tellTroubles(gateway, backup, { strangeLines, isValid }, invocation)
    out('   Start it: clawdbot gateway start\n')
    return 0
  },
})

function summary({ manifest, revoked }: OpenedBackup): string {
  const { createdAt, host, version, parts, withSecrets } = manifest
  const rows = facts([
    ['Made', `${createdAt}, on ${host}, by version ${version}`],
    ['Holds', parts.map(({ name }) => name).join(', ')],
    ['Size', sizeText(parts.reduce((sum, { size }) => sum + size, 0))],
    ['Secrets', withSecrets ? 'yes: tokens and gateway.env become those of then' : 'no: those here stay'],
  ])
  const devices = revoked.map(
    ({ deviceId, role, name, revokedAt }) =>
      `   ${oneLine(name ?? 'a device')} ${oneLine(deviceId).slice(0, 16)} (${oneLine(role)}), revoked ${new Date(revokedAt).toISOString()}\n`,
  )
  const warning =
    devices.length === 0 ? '' : `⚠️  These devices were revoked after that. They stay revoked:\n${devices.join('')}`
  return `The backup is whole.\n${rows}${warning}`
}

function tellTroubles(
  { config }: Host,
  { manifest }: OpenedBackup,
  { strangeLines, isValid }: { strangeLines: readonly number[]; isValid: boolean },
  { out }: Surroundings,
): void {
  out(`⚠️  What was revoked after ${manifest.createdAt} and is not known here is let in again: clawdbot devices list\n`)
  if (strangeLines.length > 0) {
    const lines = `line${strangeLines.length === 1 ? '' : 's'} ${strangeLines.join(', ')}`
    out(`⚠️  The settings name ${oneLine(manifest.home)}, the home it comes from (${lines}): clawdbot config edit\n`)
  }
  if (!isValid) out(`⚠️  With the settings in ${config.path} no gateway starts here: clawdbot config validate\n`)
}
