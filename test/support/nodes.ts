/** The nodes room over a database in memory, with what it writes down kept for looking at. */

import type { ExecMode } from '../../src/exec/policy.ts'
import type { Bus } from '../../src/server/bus.ts'
import { openDeviceBook } from '../../src/server/devices/device-store.ts'
import type { DeviceBook } from '../../src/server/gateway/device-book.ts'
import type { NodeRules } from '../../src/server/nodes/allowlist.ts'
import { type Nodes, openNodes } from '../../src/server/nodes/nodes.ts'
import { type RunParts, type RunRequest, runOnNode } from '../../src/server/nodes/run-on-node.ts'
import { type Database, openDatabase } from '../../src/server/storage/database.ts'
import { Approvals } from '../../src/server/tools/exec/approvals.ts'
import { type Clock, systemClock } from '../../src/shared/std/clock.ts'

export type TestNodes = Nodes & {
  approvals: Approvals
  /** May be changed while it runs. */
  settings: { mode: ExecMode; rules: NodeRules }
  noted: { what: string; facts: Readonly<Record<string, unknown>> }[]
  dropped: { nodeId: string; facts: Readonly<Record<string, unknown>> }[]
  run(request: RunRequest): ReturnType<typeof runOnNode>
}

export function testNodes(parts: { bus: Bus; clock?: Clock; db?: Database; devices?: DeviceBook }): TestNodes {
  const { bus, clock = systemClock, db = openDatabase({ path: ':memory:' }) } = parts
  const devices = parts.devices ?? openDeviceBook({ db, clock })
  const settings: TestNodes['settings'] = { mode: 'ask', rules: { allowCommands: [], denyCommands: [] } }
  const noted: TestNodes['noted'] = []
  const dropped: TestNodes['dropped'] = []
  const nodes = openNodes({
    ...{ db, clock, bus, devices },
    rules: () => settings.rules,
    note: (what, facts) => noted.push({ what, facts }),
    dropped: (nodeId, facts) => dropped.push({ nodeId, facts }),
  })
  const approvals = new Approvals({ bus, clock })
  const onNode: RunParts = { ...nodes, approvals, mode: () => settings.mode, now: () => clock.now(), store: inMemory() }
  return { ...nodes, approvals, settings, noted, dropped, run: (request) => runOnNode(onNode, request) }
}

function inMemory(): RunParts['store'] {
  const entries: Parameters<RunParts['store']['remember']>[0][] = []
  return {
    has: (digest) => entries.some((entry) => entry.digest === digest),
    list: () => entries,
    remember: async (entry) => void entries.push(entry),
  }
}
