/** What Tailscale serves, from the stand-in that prints what the real command would, and what the checks make of it. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuditFacts } from '../../../src/server/audit/facts.ts'
import { gatherTailscale } from '../../../src/server/audit/gather-tailscale.ts'
import { auditReport } from '../../../src/server/audit/report.ts'
import { auditChecks } from '../../../src/server/audit/table.ts'
import { writeServeNote } from '../../../src/server/tailnet/serve-note.ts'
import type { TailscaleCommand } from '../../../src/tunnel/tailscale/cli.ts'
import { expose } from '../../../src/tunnel/tailscale/expose.ts'
import { standInTailscale } from '../../support/tailscale/stand-in.ts'
import { quiet, withSettings } from './facts.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'serve-note-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const { signal } = new AbortController()
const notePath = () => join(folder, 'tailscale-serve.json')
const host = 'laptop.tail1234.ts.net'
const target = 'unix:/state/serve.sock'

const look = (command: TailscaleCommand, isWanted = true) =>
  gatherTailscale({ command, notePath: notePath(), isWanted, signal })

function found(mode: 'off' | 'serve' | 'funnel', tailscale: AuditFacts['tailscale']): string[] {
  const facts = { ...withSettings({ gateway: { tailscale: { mode } } })(quiet()), tailscale }
  return auditReport(auditChecks, facts)
    .findings.filter(({ id }) => id.startsWith('tailscale.'))
    .map(({ severity, id, message }) => `${severity} ${id}: ${message}`)
}

async function place(command: TailscaleCommand, mode: 'serve' | 'funnel') {
  await expose({ command, mode, port: 443, previous: undefined, prepare: async () => target, signal })
  writeServeNote(notePath(), { host, port: 443, targets: [target] })
}

test('served as wanted is good to know; served although it is off, or not although it is on, is drift', async () => {
  using tailscale = standInTailscale()
  expect(found('serve', await look(tailscale.command))).toEqual([
    'warning tailscale.serve_drift: gateway.tailscale.mode is serve, but Tailscale does not serve this gateway',
    'info tailscale.serve_on: Machines of the tailnet reach this gateway',
  ])
  await place(tailscale.command, 'serve')
  const facts = await look(tailscale.command, false)
  expect(found('serve', facts)).toEqual([
    `info tailscale.serve_on: Machines of the tailnet reach this gateway at https://${host}/`,
  ])
  expect(found('off', facts)).toEqual([
    `warning tailscale.serve_drift: gateway.tailscale.mode is off, but Tailscale still serves https://${host}/`,
    `info tailscale.serve_on: Machines of the tailnet reach this gateway at https://${host}/`,
  ])
})

test('what Funnel makes public is critical, whoever wanted it', async () => {
  using tailscale = standInTailscale()
  await place(tailscale.command, 'funnel')
  const facts = await look(tailscale.command)
  expect(found('funnel', facts)).toEqual([
    `critical tailscale.funnel_on: The whole internet reaches this gateway at https://${host}/`,
  ])
  expect(found('serve', facts)).toEqual([
    `critical tailscale.funnel_on: The whole internet reaches this gateway at https://${host}/`,
    `warning tailscale.serve_drift: gateway.tailscale.mode is serve, but https://${host}/ is public`,
  ])
})

test('without Tailscale nothing is said, unless the settings want it; nobody is asked for nothing', async () => {
  let asked = 0
  const missing: TailscaleCommand = async () => {
    asked++
    return { kind: 'missing' }
  }
  expect(await look(missing, false)).toBeUndefined()
  expect(asked).toBe(0)
  const facts = await look(missing)
  expect(found('off', facts)).toEqual([])
  expect(found('serve', facts)[0]).toContain('cannot be read (Tailscale is not installed on this machine)')
})
