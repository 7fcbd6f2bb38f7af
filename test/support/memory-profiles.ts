/** Saved profiles in memory, behind the screen's port: the real rules, no disk. */

import type { ProfileBook, Profile as SavedProfile } from '../../src/client/profile.ts'
import { wayText } from '../../src/client/profile-text.ts'
import {
  addProfile,
  allProfiles,
  editProfile,
  type NewProfile,
  profileNamed,
  removeProfile,
  useProfile,
} from '../../src/client/profiles.ts'
import type { Secret } from '../../src/shared/std/secret.ts'
import type { SavedProfiles } from '../../src/tui/fleet/saved.ts'
import type { Profile } from '../../src/tui/store/fleet.ts'

export class MemoryProfiles implements SavedProfiles {
  book: ProfileBook
  /** What was kept beside the list, by profile id. */
  readonly secrets = new Map<string, string>()
  /** What the screen can go to; as it is here once the list was changed. */
  profiles: readonly [Profile, ...Profile[]]
  #count = 0

  constructor(profiles: readonly [Profile, ...Profile[]], book: ProfileBook = { version: 1, profiles: [] }) {
    this.book = book
    this.profiles = profiles
  }

  get all(): readonly SavedProfile[] {
    return allProfiles(this.book)
  }

  async refresh(): Promise<void> {}

  async keep(draft: NewProfile, old: string | undefined, secret: Secret | undefined): Promise<SavedProfile> {
    const id = `new-${++this.#count}`
    if (old === undefined) this.#become(addProfile(this.book, draft, id, 1))
    else
      this.#become(
        editProfile(this.book, old, { ...draft, warm: draft.warm === true, secret: draft.secret ?? null }, id),
      )
    const kept = profileNamed(this.book, draft.name)
    if (secret) this.secrets.set(kept.id, secret.reveal())
    return kept
  }

  async setWarm(name: string, isWarm: boolean): Promise<void> {
    this.#become(editProfile(this.book, name, { warm: isWarm }, 'moved'))
  }

  async remove(name: string): Promise<void> {
    this.#become(removeProfile(this.book, name))
  }

  async use(name: string): Promise<void> {
    this.book = useProfile(this.book, name)
  }

  #become(book: ProfileBook): void {
    this.book = book
    const [first] = this.profiles
    const listed = book.profiles.map((one): Profile => {
      const shown = { id: one.id, name: one.name, ways: one.ways.map(wayText) }
      return { ...shown, isSaved: true, isWarm: one.warm === true, usedAt: undefined }
    })
    const same = listed.find(({ id }) => id === first.id)
    const others = listed.filter(({ id }) => id !== first.id)
    this.profiles = same || !first.isSaved ? [same ?? first, ...others] : (others as [Profile, ...Profile[]])
  }
}
