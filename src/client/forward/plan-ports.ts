/** Chooses the local ports of a forward before anything touches the network: the wanted one, the remembered one, a free one. */

import { nextFreePort, type PortHolder, portHolder } from '../ports/holder.ts'
import { isPortFree } from '../probe.ts'
import type { AskProgram } from '../system-programs.ts'
import { type ForwardSpec, targetText } from './spec.ts'

/** A wanted port that is taken, and what could be taken instead. */
export type TakenPort = {
  readonly spec: ForwardSpec
  readonly holder: PortHolder | undefined
  readonly free: number | undefined
}

export type PlanOptions = {
  readonly wanted: readonly ForwardSpec[]
  /** Those of them that were typed: none gets the remembered port in place of its own. */
  readonly typed: readonly ForwardSpec[]
  /** Ports chosen before, by `targetText`. */
  readonly remembered: Readonly<Record<string, number>>
  /** Ports that are taken, but by what is to be replaced. */
  readonly own: readonly number[]
  readonly ask: AskProgram
  /** Decides for a taken port; rejects with what the person is told. */
  readonly choose: (taken: TakenPort) => Promise<number>
}

/** Every forward with a port that is free now. */
export async function planPorts({ wanted, typed, remembered, own, ask, choose }: PlanOptions): Promise<ForwardSpec[]> {
  const planned: ForwardSpec[] = []
  const spoken = () => planned.map(({ port }) => port)
  const isFree = async (port: number) => !spoken().includes(port) && (own.includes(port) || (await isPortFree(port)))
  for (const spec of wanted) {
    const known = typed.includes(spec) ? undefined : remembered[targetText(spec.to)]
    if (await isFree(spec.port)) planned.push(spec)
    else if (known !== undefined && (await isFree(known))) planned.push({ ...spec, port: known })
    else planned.push({ ...spec, port: await replace(spec, spoken(), ask, choose) })
  }
  return planned
}

/** Below 1024 a port is mostly not taken but not allowed: listening says so. */
const lowestOpenPort = 1024

async function replace(
  spec: ForwardSpec,
  spoken: readonly number[],
  ask: AskProgram,
  choose: PlanOptions['choose'],
): Promise<number> {
  const holder = await portHolder(spec.port, ask)
  if (holder === undefined && spec.port < lowestOpenPort && !spoken.includes(spec.port)) return spec.port
  return await choose({ spec, holder, free: await nextFreePort(spec.port, spoken) })
}

/** What is to be remembered after `planned` was chosen where `usual` would have been; undefined when nothing is new. */
export function portsToRemember(
  planned: readonly ForwardSpec[],
  usual: readonly ForwardSpec[],
  remembered: Readonly<Record<string, number>>,
): Record<string, number> | undefined {
  const ports = { ...remembered }
  for (const [i, { port, to }] of planned.entries()) {
    if (port === usual[i]?.port) delete ports[targetText(to)]
    else ports[targetText(to)] = port
  }
  return JSON.stringify(ports) === JSON.stringify(remembered) ? undefined : ports
}
