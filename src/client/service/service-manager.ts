/** The port: what keeps a program running on this machine. */

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

/** A service that is installed, as its manager sees it. */
export type ServiceState = {
  /** `unknown`: no service manager answers. */
  readonly phase: 'running' | 'starting' | 'stopped' | 'failed' | 'unknown'
  /** In the manager's words, such as `failed (exit-code)`. */
  readonly words: string | undefined
  /** It starts by itself, at login or with the machine. */
  readonly isEnabled: boolean | undefined
  readonly pid: number | undefined
  /** How often it was started again after a failure. */
  readonly restarts: number | undefined
  /** Where a person reads what it printed. */
  readonly journal: string
}

export type ServiceManager = {
  /** The file of a service of that name, and what is written into it, without doing anything. */
  plan(spec: ServiceSpec): { readonly path: string; readonly text: string; readonly commands: readonly string[] }
  pathOf(name: string): string
  /** Writes it down, starts it now and at every login or boot; again changes nothing. Rejects with a `Fault`. */
  install(spec: ServiceSpec): Promise<ServiceReport>
  /** Ends it and forgets it. */
  uninstall(name: string): Promise<ServiceReport>
  /** Of one whose file is there. */
  state(name: string): Promise<ServiceState>
  /** Returns when it is done, with what was run. Rejects with `service.failed`. */
  control(action: 'start' | 'stop' | 'restart', name: string): Promise<string>
  /** Socket of the SSH agent that each service is told; undefined when none is. */
  agent(): Promise<string | undefined>
}

export type ServiceWorld = {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly env: Env
  readonly uid: number
  readonly ask: AskProgram
  /** The account's own manager unless told otherwise. */
  readonly scope?: 'user' | 'system'
  /** Where units of the whole system lie, unless it is /etc/systemd/system. */
  readonly systemFolder?: string
}
