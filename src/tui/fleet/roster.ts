/** The gateways the screen can go to: the one it was started with, the one of this machine, and the saved ones. */

import type { ClientPaths, Env } from '../../client/paths.ts'
import type { ProfileBook, Profile as SavedProfile } from '../../client/profile.ts'
import { readProfiles } from '../../client/profile-store.ts'
import { wayText } from '../../client/profile-text.ts'
import { allProfiles, type NewProfile, placeOf } from '../../client/profiles.ts'
import { chooseProfile, forgetProfile, reviseProfile, saveProfile } from '../../client/saved-profiles.ts'
import { profileTarget, resolveTarget, type Target, type TargetFlags } from '../../client/target.ts'
import { Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Secret } from '../../shared/std/secret.ts'
import type { Prompts } from '../../tunnel/prompts.ts'
import type { Profile } from '../store/fleet.ts'
import type { Reachable } from './reach.ts'
import type { Recency } from './recency.ts'
import type { SavedProfiles } from './saved.ts'

export type RosterOptions = {
  readonly flags: TargetFlags
  readonly env: Env
  readonly paths: ClientPaths
  readonly clock: Clock
  readonly recency: Pick<Recency, 'of'>
}

export class Roster implements SavedProfiles {
  readonly #options: RosterOptions
  /** What the screen was started with. */
  readonly #first: Target
  #book: ProfileBook

  private constructor(options: RosterOptions, first: Target, book: ProfileBook) {
    this.#options = options
    this.#first = first
    this.#book = book
  }

  /** Rejects with a `Fault` for flags or settings that are wrong; a list that cannot be read is as good as none. */
  static async open(options: RosterOptions): Promise<{ roster: Roster; problem: Fault | undefined }> {
    const { flags, env, paths } = options
    const first = await resolveTarget(flags, env, paths)
    try {
      return { roster: new Roster(options, first, await readProfiles(paths.profiles)), problem: undefined }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return { roster: new Roster(options, first, { version: 1, profiles: [] }), problem: error }
    }
  }

  get book(): ProfileBook {
    return this.#book
  }

  get all(): readonly SavedProfile[] {
    return allProfiles(this.#book)
  }

  /** The one to begin with first. */
  get profiles(): [Profile, ...Profile[]] {
    const { recency } = this.#options
    const saved = this.all.map(
      (one): Profile => ({
        ...{ id: one.id, name: one.name, ways: one.ways.map(wayText), isSaved: true },
        isWarm: one.warm === true,
        usedAt: recency.of(one.id),
      }),
    )
    const { id, name, source } = this.#first
    const known = saved.find((one) => one.id === id)
    // The profile it was started with may be deleted by now; an address that was typed stays.
    if (!known && this.#first.profile) return saved as [Profile, ...Profile[]]
    const first = known ?? { id, name, ways: [source], isWarm: false, isSaved: false, usedAt: recency.of(id) }
    return [first, ...saved.filter((one) => one.id !== id)]
  }

  /** Looks at the disk again: another program may have changed the list. */
  async refresh(): Promise<void> {
    this.#book = await readProfiles(this.#options.paths.profiles)
  }

  async keep(draft: NewProfile, old: string | undefined, secret: Secret | undefined): Promise<SavedProfile> {
    if (old === undefined) return await saveProfile(draft, secret, this.#options)
    const edit = { ...draft, warm: draft.warm === true, secret: draft.secret ?? null }
    return await reviseProfile(old, edit, secret, this.#options)
  }

  async setWarm(name: string, isWarm: boolean): Promise<void> {
    await reviseProfile(name, { warm: isWarm }, undefined, this.#options)
  }

  async remove(name: string): Promise<void> {
    await forgetProfile(name, this.#options)
  }

  async use(name: string): Promise<void> {
    await chooseProfile(name, this.#options)
  }

  reachable(id: string): Reachable {
    const { name, ways, origin, autostart } = this.#first
    if (id === this.#first.id) {
      return { id, name, url: origin, transport: ways[0].kind, isOurs: autostart !== undefined }
    }
    const saved = this.#savedOf(id)
    const [way] = saved.ways
    const isOurs = way.kind === 'local'
    return { id, name: saved.name, url: placeOf(way), transport: isOurs ? 'direct' : way.kind, isOurs }
  }

  /** How it is reached now. What was typed at the start holds for what it was typed for. */
  async target(id: string, prompts: Prompts): Promise<Target> {
    const { flags: typed, env, paths } = this.#options
    const isFirst = id === this.#first.id
    if (isFirst && !this.#first.profile) return await resolveTarget(typed, env, paths, prompts)
    const flags = isFirst ? typed : {}
    return await profileTarget(this.#savedOf(id), { flags, env, paths, prompts, source: 'chosen on the screen' })
  }

  #savedOf(id: string): SavedProfile {
    const found = this.all.find((one) => one.id === id)
    if (found) return found
    throw new Fault('profile.unknown', 'This profile has been deleted', { remedy: 'Choose another one.' })
  }
}
