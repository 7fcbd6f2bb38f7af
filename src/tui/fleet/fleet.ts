/**
 * Several gateways at once: the one on screen, the warm ones behind it, and those that are connected to when one switches
 * to them. Nothing here waits for a network: switching shows what is known, whatever state the gateway is in.
 */

import type { Prompts } from '../../tunnel/prompts.ts'
import type { Alert } from '../gateway/alerts.ts'
import { Asker } from '../gateway/asker.ts'
import type { Action } from '../store/action.ts'
import { askedDevice } from '../store/devices.ts'
import { type Fleet as FleetState, type Member, noFleet, noRoundtrips, type Profile } from '../store/fleet.ts'
import { standing } from '../store/members.ts'
import { createShownStore, type ShownStore } from '../store/shown.ts'
import type { State } from '../store/state.ts'
import { runningRun } from '../store/transcript.ts'
import type { SavedProfiles } from './saved.ts'
import { type Equipment, openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts'

export type FleetOptions = Pick<WorkspaceOptions, 'clock' | 'newId' | 'columns' | 'rows'> & {
  /** The first of its profiles is on screen at the start. */
  readonly saved: Pick<SavedProfiles, 'profiles' | 'refresh'>
  /** The session to open there. */
  readonly sessionKey: string
  /** Makes what a gateway needs, at once; it connects when it is told to. `prompts` asks in its own dialogs. */
  equip(profile: Profile, prompts: Prompts): Equipment
  onAlert(alert: Alert, from: Member): void
  /** It came on screen, at this time. */
  onUse?(id: string, atMs: number): void
}

const unknown = {
  connection: undefined,
  roundtrips: noRoundtrips,
  trouble: undefined,
  unread: 0,
  approvals: 0,
  devices: 0,
  askedAt: undefined,
  isAsking: false,
}

/** How long the warm ones wait for the first one's connection, so that they do not slow it down, milliseconds. */
const warmUpAfterMs = 1_500

export class Fleet implements Disposable {
  /** The state of the gateway on screen. */
  readonly shown: ShownStore<State, Action>
  readonly #options: FleetOptions
  readonly #workspaces = new Map<string, Workspace>()
  readonly #ends: (() => void)[] = []
  readonly #usedAt = new Map<string, number>()
  #profiles: readonly Profile[]
  #current: Workspace
  #previousId: string | undefined
  /** On screen although its profile has been deleted; gone with the next switch. */
  #ghostId: string | undefined
  #told: FleetState = noFleet
  #cancelWarmUp = () => {}

  constructor(options: FleetOptions) {
    this.#options = options
    this.#profiles = options.saved.profiles
    this.#current = this.#workspace(options.saved.profiles[0], options.sessionKey)
    this.shown = createShownStore(this.#current.store)
    this.#tell()
  }

  /** The gateway on screen. */
  get current(): Workspace {
    return this.#current
  }

  get members(): readonly Member[] {
    return this.#profiles.map((profile) => this.#memberOf(profile))
  }

  /** Connects: what is on screen first, the warm ones once that stands, fails, or takes long. */
  start(): void {
    const { clock } = this.#options
    const first = this.#current
    // What connects takes a while to load: what was on screen last is painted before.
    void first.hasReadCache.then(() => first.gateway.connect())
    const warmUp = (): void => {
      this.#cancelWarmUp()
      for (const profile of this.#profiles) if (profile.isWarm) this.#workspace(profile).gateway.connect()
    }
    const cancelTimer = clock.after(warmUpAfterMs, warmUp, { unref: true })
    const endWatch = first.gateway.subscribe(() => {
      const { phase } = first.gateway.view
      if (phase === 'live' || phase === 'needs-user' || phase === 'waiting' || phase === 'failed') warmUp()
    })
    this.#cancelWarmUp = () => {
      cancelTimer()
      endWatch()
    }
  }

  /** Another gateway on screen, painted from what is known of it. False when there is none with this id. */
  switchTo(id: string): boolean {
    const profile = this.#profiles.find((candidate) => candidate.id === id)
    if (!profile) return false
    if (id === this.#current.id) return true
    const from = this.#current
    const to = this.#workspace(profile)
    const { columns, rows } = from.store.get().view
    from.store.dispatch({ type: 'screen.left' })
    this.#previousId = from.id
    this.#current = to
    if (this.#ghostId === from.id) this.#forgetGhost()
    this.#markUsed(profile)
    to.catchUp()
    to.store.dispatch({
      type: 'batch',
      actions: [
        { type: 'view.resized', columns, rows },
        { type: 'screen.entered' },
        { type: 'fleet.changed', fleet: this.#state() },
      ],
    })
    this.shown.show(to.store)
    if (to.gateway.view.phase === 'waiting') to.gateway.retry()
    else to.gateway.connect()
    this.#rest()
    return true
  }

  /** The saved profiles have become others. The one on screen stays, also when it is no longer among them. */
  setProfiles(profiles: readonly Profile[]): void {
    const current = this.#profiles.find(({ id }) => id === this.#current.id)
    const isGone = !profiles.some(({ id }) => id === this.#current.id)
    for (const { id } of this.#profiles) if (!profiles.some((one) => one.id === id)) this.stopKeeping(id)
    this.#ghostId = isGone ? this.#current.id : undefined
    const next = isGone && current ? [{ ...current, isSaved: false }, ...profiles] : profiles
    this.#profiles = next.map((profile) => ({ ...profile, usedAt: this.#usedAt.get(profile.id) ?? profile.usedAt }))
    this.#closeDeleted()
    for (const profile of this.#profiles) if (profile.isWarm) this.#workspace(profile).gateway.connect()
    this.#tell()
  }

  /** In the background; a list that cannot be read stays as it was. */
  refresh(): void {
    this.reload().catch(() => {})
  }

  async reload(): Promise<void> {
    const { saved } = this.#options
    await saved.refresh()
    this.setProfiles(saved.profiles)
  }

  async test(id: string): Promise<number | undefined> {
    const profile = this.#profiles.find((candidate) => candidate.id === id)
    if (!profile) return undefined
    const { gateway } = this.#workspace(profile)
    if (gateway.view.phase !== 'live') {
      if (gateway.view.phase === 'idle') gateway.connect()
      else gateway.retry()
      return undefined
    }
    const { clock } = this.#options
    const from = clock.monotonic()
    await gateway.call('health', {})
    return clock.monotonic() - from
  }

  /** How quick each has been, for who looks at it now. */
  readRoundtrips(): void {
    const nowMs = this.#options.clock.monotonic()
    for (const { gateway, store } of this.#workspaces.values()) {
      const { samples, p50, p95 } = gateway.latency()
      const aged = samples.map(({ at, ms }) => ({ at: at - nowMs, ms }))
      store.dispatch({ type: 'roundtrips.read', roundtrips: { samples: aged, p50, p95 } })
    }
  }

  /** Writes every draft to disk now. */
  save(): void {
    for (const workspace of this.#workspaces.values()) workspace.save()
  }

  [Symbol.dispose](): void {
    this.#cancelWarmUp()
    for (const end of this.#ends) end()
    for (const workspace of this.#workspaces.values()) workspace[Symbol.dispose]()
  }

  #workspace(profile: Profile, sessionKey = 'main'): Workspace {
    const known = this.#workspaces.get(profile.id)
    if (known) return known
    const { clock, newId, columns, rows, equip, onAlert } = this.#options
    const asker = new Asker()
    const workspace = openWorkspace({
      ...equip(profile, asker.prompts),
      ...{ id: profile.id, asker, clock, newId, sessionKey, columns, rows },
      onAlert: (alert) => onAlert(alert, this.#memberOf(profile)),
    })
    // The first one is on screen from its first moment.
    if (this.#workspaces.size > 0) workspace.store.dispatch({ type: 'screen.left' })
    this.#workspaces.set(profile.id, workspace)
    this.#ends.push(
      workspace.store.subscribe(() => {
        if (workspace !== this.#current) this.#tell()
      }),
    )
    return workspace
  }

  /** Before its profile is deleted: what is forgotten then must not be written again. */
  stopKeeping(id: string): () => void {
    return this.#workspaces.get(id)?.stopKeeping() ?? (() => {})
  }

  #closeDeleted(): void {
    for (const [id, workspace] of this.#workspaces) {
      if (this.#profiles.some((profile) => profile.id === id)) continue
      workspace.gateway.disconnect()
      workspace[Symbol.dispose]()
      this.#workspaces.delete(id)
    }
  }

  #forgetGhost(): void {
    this.#profiles = this.#profiles.filter(({ id }) => id !== this.#ghostId)
    this.#ghostId = undefined
    this.#previousId = undefined
    this.#closeDeleted()
  }

  #memberOf(profile: Profile): Member {
    const state = this.#workspaces.get(profile.id)?.store.get()
    const known = state ? standing(state) : unknown
    return { ...profile, ...known }
  }

  #state(): FleetState {
    this.#told = { members: this.members, currentId: this.#current.id, previousId: this.#previousId }
    return this.#told
  }

  /** Tells the gateway on screen how the others stand, when that has changed. */
  #tell(): void {
    const before = this.#told
    const fleet = this.#state()
    if (isSame(before, fleet)) this.#told = before
    else this.#current.store.dispatch({ type: 'fleet.changed', fleet })
  }

  #markUsed(profile: Profile): void {
    const usedAt = this.#options.clock.now()
    this.#usedAt.set(profile.id, usedAt)
    this.#profiles = this.#profiles.map((one) => (one.id === profile.id ? { ...one, usedAt } : one))
    this.#options.onUse?.(profile.id, usedAt)
  }

  /** Gives up the connections that nobody asked to keep: not on screen, not the one before, not warm, nothing going on. */
  #rest(): void {
    for (const profile of this.#profiles) {
      const workspace = this.#workspaces.get(profile.id)
      const isKept = profile.isWarm || profile.id === this.#current.id || profile.id === this.#previousId
      if (workspace && !isKept && !isBusy(workspace.store.get())) workspace.gateway.disconnect()
    }
  }
}

function isBusy({ transcripts, approvals, devices }: State): boolean {
  return (
    askedDevice(devices) !== undefined ||
    approvals.waiting.length > 0 ||
    Object.values(transcripts).some((it) => runningRun(it) !== undefined)
  )
}

function isSame(a: FleetState, b: FleetState): boolean {
  const isSameMember = (one: Member, other: Member | undefined): boolean =>
    other !== undefined && (Object.keys(one) as (keyof Member)[]).every((key) => one[key] === other[key])
  return (
    a.currentId === b.currentId &&
    a.previousId === b.previousId &&
    a.members.length === b.members.length &&
    a.members.every((member, index) => isSameMember(member, b.members[index]))
  )
}
