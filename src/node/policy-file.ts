/** This machine's own say in what a gateway may do with it: one private file that no gateway can change. */

import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { readIfThere, writePrivate } from '../client/private-file.ts'
import { type ExecMode, execModes } from '../exec/policy.ts'
import { type AllowRule, readRule } from '../exec/rules.ts'
import { Fault } from '../shared/fault.ts'
import { parseJson } from '../shared/std/json.ts'
import { readAs } from '../shared/std/read-as.ts'

const policyFile = z.strictObject({
  version: z.literal(1),
  /** `deny` runs nothing, `allowlist` runs what is listed and asks about the rest, `ask` asks each time, `full` runs all. */
  security: z.enum(execModes).default('ask'),
  /** Program and argument patterns, as in `tools.exec.allowlist` of a gateway. */
  allowlist: z.array(z.string()).default([]),
  /** Variables a gateway may set for a command, and those of this machine that commands inherit besides the usual ones. */
  env: z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)).default([]),
  /** Whether pictures are taken: never, after asking each time, or unasked. */
  camera: z.enum(['deny', 'ask', 'allow']).default('ask'),
  /** Commands that are not offered although this machine could. */
  withhold: z.array(z.string()).default([]),
})
export type NodePolicy = z.output<typeof policyFile>

export function policyPath(nodeDir: string): string {
  return join(nodeDir, 'policy.json')
}

/** Read anew for each command. A missing file asks about everything; a damaged one throws `state.damaged`. */
export async function readPolicy(nodeDir: string): Promise<NodePolicy> {
  const path = policyPath(nodeDir)
  const text = await readIfThere(path)
  if (text === undefined) return policyFile.parse({ version: 1 })
  const json = parseJson(text)
  const parsed = readAs(policyFile, json.ok ? json.value : undefined)
  if (parsed.success) return parsed.data
  throw new Fault('state.damaged', `The policy of this node in ${path} cannot be read, so it runs nothing`, {
    remedy: 'Mend the file, or move it away: the node then asks about every command.',
  })
}

/** Throws `usage.invalid`. */
export function readMode(text: string): ExecMode {
  const mode = execModes.find((known) => known === text)
  if (mode) return mode
  throw new Fault('usage.invalid', `${JSON.stringify(text)} is no policy`, {
    remedy: `One of: ${execModes.join(', ')}.`,
  })
}

export async function changeMode(nodeDir: string, security: ExecMode): Promise<void> {
  const changed = { ...(await readPolicy(nodeDir)), security }
  await writePrivate(policyPath(nodeDir), `${JSON.stringify(changed, null, 2)}\n`)
}

/** A rule that cannot be read or whose program is not there covers nothing. */
export async function rulesOf({ allowlist }: NodePolicy): Promise<AllowRule[]> {
  const rules = await Promise.all(
    allowlist.map(async (text) => {
      const reading = readRule(text)
      if (reading.kind === 'invalid') return []
      const program = await realpath(reading.rule.program).catch(() => undefined)
      return program === undefined ? [] : [{ ...reading.rule, program }]
    }),
  )
  return rules.flat()
}
