/** Profiles together with what is kept for them elsewhere: adding, changing, choosing and removing them. */

import { randomBytes } from 'node:crypto'
import type { Secret } from '../shared/std/secret.ts'
import { type Forgotten, forgetKept, type Keeping } from './kept.ts'
import type { ClientPaths, Env } from './paths.ts'
import type { Profile, ProfileBook } from './profile.ts'
import { changeProfiles, readProfiles } from './profile-store.ts'
import {
  addProfile,
  allProfiles,
  currentProfile,
  editProfile,
  type NewProfile,
  type ProfileEdit,
  profileNamed,
  removeProfile,
  useProfile,
} from './profiles.ts'
import { storeOf } from './secrets.ts'
import { refuseInUse } from './service/profile-services.ts'

type World = Keeping & { readonly env: Env }

/** Names what is kept for a profile on this machine; never shown. */
function newId(): string {
  return randomBytes(8).toString('hex')
}

/** `secret` goes to the place the profile names, before the profile is saved. Rejects with a `Fault`. */
export async function saveProfile(added: NewProfile, secret: Secret | undefined, keeping: Keeping): Promise<Profile> {
  const { paths, clock } = keeping
  const id = newId()
  const add = (book: ProfileBook) => addProfile(book, added, id, clock.now())
  const planned = byId(add(await readProfiles(paths.profiles)), id)
  await keepSecret(planned, secret, paths)
  return byId(await changeProfiles(paths.profiles, clock, add), id)
}

/** Several without secrets, all of them or none. Rejects with a `Fault`. */
export async function saveProfiles(added: readonly NewProfile[], { paths, clock }: Keeping): Promise<Profile[]> {
  const ids = added.map(newId)
  const book = await changeProfiles(paths.profiles, clock, (before) =>
    added.reduce((now, one, i) => addProfile(now, one, ids[i] ?? newId(), clock.now()), before),
  )
  return ids.map((id) => byId(book, id))
}

/**
 * What was kept in a place that is no longer named, or for a gateway that no longer is, is deleted. Rejects with a `Fault`,
 * also when it would lead away a tunnel or a service that goes by the profile.
 */
export async function reviseProfile(
  name: string,
  edit: ProfileEdit,
  secret: Secret | undefined,
  world: World,
): Promise<Profile> {
  const { paths, clock } = world
  const freshId = newId()
  const book = await readProfiles(paths.profiles)
  const before = profileNamed(book, name)
  const change = (now: ProfileBook) => editProfile(now, name, edit, freshId)
  const planned = profileNamed(change(book), edit.name ?? before.name)
  if (planned.id !== before.id) await refuseInUse(before, world)
  await keepSecret(planned, secret, paths)
  const after = byId(await changeProfiles(paths.profiles, clock, change), planned.id)
  if (after.id !== before.id) await forget(before, world)
  else if (before.secret && before.secret.source !== after.secret?.source)
    await storeOf(before.secret, paths)?.remove(before.id)
  return after
}

/** All that is kept for it here goes too. Rejects with a `Fault`, also while a tunnel or a service goes by it. */
export async function forgetProfile(name: string, world: World): Promise<Forgotten & { profile: Profile }> {
  const { paths, clock } = world
  const profile = profileNamed(await readProfiles(paths.profiles), name)
  await refuseInUse(profile, world)
  await changeProfiles(paths.profiles, clock, (book) => removeProfile(book, name))
  return { profile, ...(await forget(profile, world)) }
}

/** `-` is the one before. Resolves with the profile now in use. */
export async function chooseProfile(name: string, { paths, clock }: Keeping): Promise<Profile> {
  const book = await changeProfiles(paths.profiles, clock, (now) => useProfile(now, name))
  return currentProfile(book) ?? profileNamed(book, name)
}

async function keepSecret(
  { id, secret: source }: Profile,
  secret: Secret | undefined,
  paths: ClientPaths,
): Promise<void> {
  if (source && secret) await storeOf(source, paths)?.write(id, secret)
}

async function forget({ id, secret }: Profile, keeping: Keeping): Promise<Forgotten> {
  if (secret) await storeOf(secret, keeping.paths)?.remove(id)
  return await forgetKept(id, keeping)
}

function byId(book: ProfileBook, id: string): Profile {
  const found = allProfiles(book).find((one) => one.id === id)
  if (found) return found
  throw new Error(`the profile ${id} that was saved is not there`)
}
