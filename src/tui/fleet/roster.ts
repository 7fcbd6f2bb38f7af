/** The gateways the screen can go to: the one it was started with, the one of this machine, and the saved ones. */

import type { ClientPaths, Env } from '../../client/paths.ts'
import type { Profile as SavedProfile } from '../../client/profile.ts'
import { readProfiles } from '../../client/profile-store.ts'
import { wayText } from '../../client/profile-text.ts'
import { allProfiles, placeOf } from '../../client/profiles.ts'
import { profileTarget, resolveTarget, type Target, type TargetFlags } from '../../client/target.ts'
import { Fault } from '../../shared/fault.ts'
import type { Prompts } from '../../tunnel/prompts.ts'
import type { Profile } from './fleet.ts'
import type { Reachable } from './reach.ts'
import type { Recency } from './recency.ts'

export type RosterOptions = {
  readonly flags: TargetFlags
  readonly env: Env
  readonly paths: ClientPaths
  readonly recency: Pick<Recency, 'of'>
}

export class Roster {
  readonly #options: RosterOptions
  /** What the screen was started with. */
  readonly #first: Target
  #saved: readonly SavedProfile[]

  private constructor(options: RosterOptions, first: Target, saved: readonly SavedProfile[]) {
    this.#options = options
    this.#first = first
    this.#saved = saved
  }

  /** Rejects with a `Fault` for flags or settings that are wrong; a list that cannot be read is as good as none. */
  static async open(options: RosterOptions): Promise<{ roster: Roster; problem: Fault | undefined }> {
    const { flags, env, paths } = options
    const first = await resolveTarget(flags, env, paths)
    try {
      return { roster: new Roster(options, first, await readSaved(paths)), problem: undefined }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return { roster: new Roster(options, first, []), problem: error }
    }
  }

  /** The one to begin with first. */
  get profiles(): [Profile, ...Profile[]] {
    const { recency } = this.#options
    const saved = this.#saved.map(
      (one): Profile => ({
        ...{ id: one.id, name: one.name, ways: one.ways.map(wayText), isSaved: true },
        isWarm: one.warm === true,
        usedAt: recency.of(one.id),
      }),
    )
    const { id, name, source } = this.#first
    const known = saved.find((one) => one.id === id)
    const first = known ?? { id, name, ways: [source], isWarm: false, isSaved: false, usedAt: recency.of(id) }
    return [first, ...saved.filter((one) => one.id !== id)]
  }

  /** Looks at the disk again: another program may have changed the list. */
  async refresh(): Promise<void> {
    this.#saved = await readSaved(this.#options.paths)
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
    const found = this.#saved.find((one) => one.id === id)
    if (found) return found
    throw new Fault('profile.unknown', 'This profile has been deleted', { remedy: 'Choose another one.' })
  }
}

async function readSaved(paths: ClientPaths): Promise<readonly SavedProfile[]> {
  return allProfiles(await readProfiles(paths.profiles))
}
