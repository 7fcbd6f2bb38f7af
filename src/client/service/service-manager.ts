/** The port: what keeps a program of this account running on this machine. */

import type { ServiceSpec } from '../../shared/service/spec.ts'
import type { Env } from '../paths.ts'
import type { AskProgram } from '../system-programs.ts'

export type ServiceReport = {
  /** The file that describes the service. */
  readonly path: string
  /** It was written or removed just now; false when all was so already. */
  readonly isChanged: boolean
  /** What was run, in order, as a person would type it. */
  readonly done: readonly string[]
  /** What the person has to run, where no service manager answers. */
  readonly toDo: readonly string[]
  /** What else is good to know, a sentence each. */
  readonly remarks: readonly string[]
}

export type ServiceManager = {
  /** Writes it down, starts it now and at every login; again changes nothing. Rejects with a `Fault`. */
  install(spec: ServiceSpec): Promise<ServiceReport>
  /** Ends it and forgets it. */
  uninstall(name: string): Promise<ServiceReport>
}

export type ServiceWorld = {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly env: Env
  readonly uid: number
  readonly ask: AskProgram
}
