/** A saved profile: a name for one gateway, the ways to it, and where its secret is kept. The secret itself is never in it. */

import * as z from 'zod'
import { once } from '../shared/std/once.ts'
import { way } from '../tunnel/way.ts'

const port = () => z.int().min(1).max(65_535)

/** The gateway of this account on this machine; without a port, wherever it listens. */
const localWay = () => z.strictObject({ kind: z.literal('local'), port: port().optional() })

const savedWay = () => z.discriminatedUnion('kind', [localWay(), way()])
export type SavedWay = z.infer<ReturnType<typeof savedWay>>

/** Most ways one profile may have. */
export const maxWays = 4

/** Which of its two secrets a gateway asks for. */
const secret = () => z.enum(['token', 'password'])

const variableName = () =>
  z
    .string()
    .max(128)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable')

const secretSource = () =>
  z.discriminatedUnion('source', [
    z.strictObject({ source: z.literal('env'), secret: secret(), variable: variableName() }),
    z.strictObject({ source: z.literal('keychain'), secret: secret() }),
    z.strictObject({ source: z.literal('file'), secret: secret() }),
    z.strictObject({ source: z.literal('prompt'), secret: secret() }),
  ])
export type SecretSource = z.infer<ReturnType<typeof secretSource>>

/** What is typed on a command line: one word, which cannot be taken for a flag nor for `use -`. */
const profileName = () =>
  z
    .string()
    .max(40, 'is longer than 40 characters')
    .regex(
      /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._@+-]*$/u,
      'must be one word of letters, digits and . _ @ + -, and begin with a letter or digit',
    )

/** What a profile's files, keychain entries and outbox are called; made by us, kept when it is renamed. */
const profileId = () => z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/)

export const profile = once(() =>
  z.strictObject({
    id: profileId(),
    name: profileName(),
    /** The preferred first; all lead to the same gateway. */
    ways: z.tuple([savedWay()], savedWay()).refine((ways) => ways.length <= maxWays, `are more than ${maxWays}`),
    /** Stays connected in the background of the terminal. */
    warm: z.boolean().optional(),
    /** Absent: there is none, or the gateway knows this device already. */
    secret: secretSource().optional(),
    /** Local ports that `tunnel up` chose, by what they lead to. */
    localPorts: z.record(z.string().min(1).max(300), port()).optional(),
    createdAt: z.int().nonnegative(),
  }),
)
export type Profile = z.infer<ReturnType<typeof profile>>

/** The file. What follows `version` may change with it, so a newer version is not read at all. */
export const profileBook = once(() =>
  z
    .strictObject({
      version: z.literal(1),
      /** The id `use` chose; absent until then. */
      current: profileId().optional(),
      /** The one before it, for `use -`. */
      previous: profileId().optional(),
      profiles: z.array(profile()).max(500),
    })
    .superRefine(({ profiles }, context) => {
      for (const key of ['id', 'name'] as const) {
        const seen = new Set<string>()
        for (const [i, one] of profiles.entries()) {
          const value = foldName(one[key])
          if (seen.has(value))
            context.addIssue({ code: 'custom', path: ['profiles', i, key], message: 'is there twice' })
          seen.add(value)
        }
      }
    }),
)
export type ProfileBook = z.infer<ReturnType<typeof profileBook>>

/** Names that differ in case only are the same name. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
