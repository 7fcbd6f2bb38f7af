/** A saved or built-in way to reach a gateway. It never holds a secret. */

import * as z from 'zod'

/** SHA-256 of a certificate: hex, colons and a `sha256:` prefix allowed; kept as 64 lowercase digits. */
export const fingerprint = z
  .string()
  .transform((text) =>
    text
      .trim()
      .toLowerCase()
      .replace(/^sha256:/, '')
      .replaceAll(':', ''),
  )
  .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'must be the 64 hex digits of a SHA-256 fingerprint'))

export const directProfile = z.strictObject({
  kind: z.literal('direct'),
  name: z.string().min(1).max(64),
  /** `ws://` or `wss://`; see `parseGatewayUrl`. */
  url: z.string().min(1).max(2048),
  tlsFingerprint: fingerprint.optional(),
  /** The person typed `--insecure` for this very address. */
  insecure: z.boolean().optional(),
})

export const profile = z.discriminatedUnion('kind', [directProfile])
export type Profile = z.infer<typeof profile>
export type DirectProfile = z.infer<typeof directProfile>
