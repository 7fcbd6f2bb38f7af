/** Services under systemd: of this account under its own manager, or of the whole system. */

import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import type { ServiceSpec } from '../../shared/service/spec.ts'
import { systemdUnit } from '../../shared/service/systemd.ts'
import { readIfThere } from '../private-file.ts'
import type { ProgramAnswer } from '../system-programs.ts'
import { isLingering, lingerCommand } from './lingering.ts'
import type { ServiceManager, ServiceReport, ServiceState, ServiceWorld } from './service-manager.ts'
import { stateProperties, systemdState } from './systemd-state.ts'
import { dropFile, putFile } from './unit-file.ts'

/** EXIT_NAMESPACE and EXIT_CAPABILITIES: the confinement could not be made. https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Process%20Exit%20Codes */
const unconfinable = ['226', '218']

type World = Omit<ServiceWorld, 'platform'>

export function systemdManager(world: World): ServiceManager {
  const session = () => new SystemdSession(world)
  return {
    plan: (spec) => session().plan(spec),
    pathOf: (name) => session().path(`${name}.service`),
    install: (spec) => session().install(spec),
    uninstall: (name) => session().uninstall(name),
    state: (name) => session().state(`${name}.service`),
    control: (action, name) => session().control(action, `${name}.service`),
    agent: () => session().agent(),
  }
}

class SystemdSession {
  readonly #world: World
  readonly #isUser: boolean
  readonly #done: string[] = []

  constructor(world: World) {
    this.#world = world
    this.#isUser = world.scope !== 'system'
  }

  plan(spec: ServiceSpec): ReturnType<ServiceManager['plan']> {
    const unit = `${spec.name}.service`
    const commands = [['daemon-reload'], ['enable', unit], ['restart', unit]].map((words) => this.#typed(words))
    return { path: this.path(unit), text: systemdUnit(spec, 'namespaces'), commands }
  }

  async install(spec: ServiceSpec): Promise<ServiceReport> {
    const unit = `${spec.name}.service`
    const path = this.path(unit)
    // Where less confinement was found to be possible, it stays so.
    const isPlain = (await readIfThere(path)) === systemdUnit(spec, 'plain')
    const isChanged = !isPlain && (await this.#put(path, systemdUnit(spec, 'namespaces')))
    if (!(await this.#isThere())) {
      const toDo = [['daemon-reload'], ['enable', '--now', unit]].map((words) => this.#typed(words))
      const whose = this.#isUser ? 'of this account ' : ''
      return { path, isChanged, done: [], toDo, remarks: [`No systemd ${whose}runs here.`] }
    }
    for (const words of [['daemon-reload'], ['enable', unit]]) await this.#run(words)
    const start = [isChanged ? 'restart' : 'start', unit]
    const answer = await this.#ask(start)
    const isRefused = answer.code !== 0 && this.#isUser && (await this.#isUnconfinable(unit))
    if (isRefused) {
      await this.#put(path, systemdUnit(spec, 'plain'))
      for (const words of [['daemon-reload'], ['restart', unit]]) await this.#run(words)
    } else if (answer.code !== 0) throw this.#failed(start, answer)
    const remarks = [...(isPlain || isRefused ? [looseRemark] : []), ...(await this.#lingering())]
    return { path, isChanged, done: this.#done, toDo: [], remarks }
  }

  async uninstall(name: string): Promise<ServiceReport> {
    const unit = `${name}.service`
    const path = this.path(unit)
    const isThere = await this.#isThere()
    if (isThere) await this.#ask(['disable', '--now', unit]) // fails when it was never there, which is as well
    const isChanged = await dropFile(path)
    if (isThere && isChanged) await this.#run(['daemon-reload'])
    return { path, isChanged, done: isChanged ? this.#done : [], toDo: [], remarks: [] }
  }

  async state(unit: string): Promise<ServiceState> {
    const journal = this.#journal(unit)
    if (!(await this.#isThere())) {
      return { phase: 'unknown', words: undefined, isEnabled: undefined, pid: undefined, restarts: undefined, journal }
    }
    const { stdout } = await this.#ask(['show', unit, `--property=${stateProperties}`], false)
    return { ...systemdState(stdout), journal }
  }

  async control(action: string, unit: string): Promise<string> {
    const words = [action, unit]
    const answer = await this.#ask(words)
    if (answer.code === 0) return this.#typed(words)
    if (this.#isUser || this.#world.uid === 0) throw this.#failed(words, answer)
    throw new Fault('usage.invalid', 'It is a service of the whole system, which this account may not change', {
      remedy: `Run: sudo ${this.#typed(words)}`,
    })
  }

  async agent(): Promise<string | undefined> {
    const { code, stdout } = await this.#ask(['show-environment'], false)
    return code === 0 ? /^SSH_AUTH_SOCK=(\/.+)$/m.exec(stdout)?.[1] : undefined
  }

  /** Where the system forbids user namespaces the service ends at once with a status of its own. */
  async #isUnconfinable(unit: string): Promise<boolean> {
    const { stdout } = await this.#ask(['show', '--property=ExecMainStatus', '--value', unit], false)
    return unconfinable.includes(stdout.trim())
  }

  /** Without lingering the user manager, and all it keeps, ends with the last session. */
  async #lingering(): Promise<string[]> {
    const { uid, ask } = this.#world
    if (!this.#isUser || (await isLingering(uid, ask)) !== false) return []
    return [`It runs while you are logged in. To keep it running without: ${lingerCommand}`]
  }

  async #isThere(): Promise<boolean> {
    const { stdout } = await this.#ask(['is-system-running'], false)
    return ['running', 'degraded', 'starting', 'initializing'].includes(stdout.trim())
  }

  /** Others may read a unit of the system, as `systemctl cat` lets them anyway. */
  async #put(path: string, text: string): Promise<boolean> {
    const isChanged = await putFile(path, text)
    if (isChanged && !this.#isUser) await chmod(path, 0o644)
    return isChanged
  }

  async #ask(words: readonly string[], isTold = true): Promise<ProgramAnswer> {
    if (isTold) this.#done.push(this.#typed(words))
    return await this.#world.ask('systemctl', [...(this.#isUser ? ['--user'] : []), ...words])
  }

  async #run(words: readonly string[]): Promise<void> {
    const answer = await this.#ask(words)
    if (answer.code !== 0) throw this.#failed(words, answer)
  }

  path(unit: string): string {
    const { env, home, systemFolder = '/etc/systemd/system' } = this.#world
    if (!this.#isUser) return join(systemFolder, unit)
    return join(env.XDG_CONFIG_HOME?.trim() || join(home, '.config'), 'systemd', 'user', unit)
  }

  #typed(words: readonly string[]): string {
    return ['systemctl', ...(this.#isUser ? ['--user'] : []), ...words].join(' ')
  }

  #journal(unit: string | undefined): string {
    return `journalctl ${this.#isUser ? '--user ' : ''}--unit ${unit}`
  }

  #failed(words: readonly string[], { code, stderr }: ProgramAnswer): Fault {
    const why = stderr.trim() || `exit code ${code ?? 'none'}`
    const isForbidden = /authentication|access denied|permission denied/i.test(why)
    const remedy = isForbidden ? `Run: sudo ${this.#typed(words)}` : `See: ${this.#journal(words.at(-1))}`
    return new Fault('service.failed', `${this.#typed(words)} failed: ${why}`, { remedy })
  }
}

const looseRemark =
  'This system lets no account have namespaces of its own, so the service sees the whole file system; the rest of its confinement holds.'
