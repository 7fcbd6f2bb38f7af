/** The port: the saved profiles, read and changed. Each change rejects with a `Fault`. */

import type { ProfileBook, Profile as SavedProfile } from '../../client/profile.ts'
import type { NewProfile } from '../../client/profiles.ts'
import type { Secret } from '../../shared/std/secret.ts'
import type { Profile } from '../store/fleet.ts'

export type SavedProfiles = {
  /** As they were read last. */
  readonly book: ProfileBook
  /** The one of this machine among them. */
  readonly all: readonly SavedProfile[]
  /** What the screen can go to: these, and what it was started with, which comes first. */
  readonly profiles: readonly [Profile, ...Profile[]]
  /** Reads them again: another program may have changed them. */
  refresh(): Promise<void>
  /** Adds one, or changes the one that is called `old` now. */
  keep(draft: NewProfile, old: string | undefined, secret: Secret | undefined): Promise<SavedProfile>
  setWarm(name: string, isWarm: boolean): Promise<void>
  /** With its secret and what is kept of it on this machine. */
  remove(name: string): Promise<void>
  /** For line commands that name none. */
  use(name: string): Promise<void>
}
