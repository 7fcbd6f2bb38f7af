/** Finding the device, and reading the scopes, that a person means. Pure. */

import type { Paired, Pending } from '../client/device-words.ts'
import { scopesText } from '../client/device-words.ts'
import { operatorScopes } from '../shared/protocol/scope.ts'
import { usage } from './parse.ts'

/** Fewest characters of an id that name a device or a request. */
const shortestPrefix = 8
/** A whole fingerprint: who lets a device in must not be fooled by one whose id was made to begin like it. */
const fingerprintSigns = 16

/** `read,write` as the protocol names them; `none` for none. Throws `usage.invalid`. */
export function scopesOf(text: string, command: string): string[] {
  const words = text.split(',').map((word) => word.trim().replace(/^operator\./, ''))
  return words
    .filter((word) => word !== '' && word !== 'none')
    .map((word) => {
      const scope = operatorScopes.find((known) => known === `operator.${word}`)
      if (scope) return scope
      throw usage(`There is no scope ${JSON.stringify(word)}; there are: ${scopesText(operatorScopes)}`, command)
    })
}

/** The device whose id or fingerprint begins so. Throws `usage.invalid` for none and for several. */
export function deviceNamed(word: string, paired: readonly Paired[], command: string): Paired {
  const start = bare(word)
  if (start.length < shortestPrefix) {
    throw usage(`${JSON.stringify(word)} is too short for a device: give its fingerprint`, command)
  }
  const found = paired.filter(({ deviceId }) => bare(deviceId).startsWith(start))
  const [device, other] = found
  if (!device) throw usage(`No approved device has the fingerprint ${word}; devices list shows them`, command)
  if (other) throw usage(`${found.length} devices begin with ${word}: give more of the id`, command)
  return device
}

/**
 * The id of the request that is meant by its beginning, or by the fingerprint of its device; else the word itself, since
 * one that was refused is in no list. Throws `usage.invalid` for several.
 */
export function requestNamed(word: string, pending: readonly Pending[], command: string): string {
  const start = bare(word)
  const found = pending.filter(
    ({ requestId, deviceId }) =>
      requestId === word ||
      (start.length >= shortestPrefix && bare(requestId).startsWith(start)) ||
      (start.length >= fingerprintSigns && bare(deviceId).startsWith(start)),
  )
  if (found.length > 1) throw usage(`${found.length} requests begin with ${word}: give more of the id`, command)
  return found[0]?.requestId ?? word
}

function bare(id: string): string {
  return id.toLowerCase().replaceAll('-', '')
}
