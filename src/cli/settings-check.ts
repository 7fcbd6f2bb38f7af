/** Whether a gateway of this machine starts with its settings, asked before one that works is ended for a new start. */

import { errorText, Fault } from '../shared/fault.ts'
import type { Surroundings } from './command.ts'
import { harmless } from './style.ts'

/** Every problem with its line and remedy; undefined when there is none. */
export async function settingsProblem({ host }: Pick<Surroundings, 'host'>): Promise<string | undefined> {
  const { config } = await host()
  try {
    const { raw, valid } = config.look()
    return valid ? undefined : config.problems(raw ?? '')
  } catch (error) {
    // A link, or another account's: it is not even read.
    const remedy = error instanceof Fault ? error.remedy : undefined
    return `${errorText(error)}${remedy === undefined ? '' : `\n    ${remedy}`}`
  }
}

/** The same below the facts about a gateway, which may run all the same; empty when there is no problem. */
export function settingsWarning(problem: string | undefined): string {
  if (problem === undefined) return ''
  const lines = harmless(problem).replaceAll(/^(?=.)/gm, '  ')
  return `⚠️  With the settings here no gateway starts; one that runs keeps those it has\n${lines}\n`
}

export type CheckedStart = {
  /** What to type once the file is corrected. */
  readonly command: string
  /** Of the gateway that works meanwhile; undefined when none does. */
  readonly running: { readonly pid: number | undefined } | undefined
}

/** Throws when no gateway starts with the settings and secrets there are, and says what runs all the same. */
export async function demandSettings(
  world: Pick<Surroundings, 'host' | 'signal'>,
  { command, running }: CheckedStart,
): Promise<void> {
  const process = running?.pid === undefined ? '' : ` (process ${running.pid})`
  const still = running ? `The gateway still runs${process}, with the settings it has. ` : ''
  const problem = await settingsProblem(world)
  if (problem !== undefined)
    throw new Fault('config.invalid', problem, { remedy: `${still}Correct the file, then: ${command}` })
  const { checkStart } = await world.host()
  await checkStart(world.signal).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error
    const { code, message, details, remedy = '' } = error
    throw new Fault(code, message, { details: details ?? {}, remedy: `${remedy}\n   ${still}Then: ${command}` })
  })
}
