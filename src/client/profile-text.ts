/** Profiles in words: the ways as a person would type them, where the secret is. Pure. */

import { hopText } from '../tunnel/ssh/host.ts'
import { peerHost } from '../tunnel/tailscale/peer-name.ts'
import type { Profile, SavedWay } from './profile.ts'
import { placeOf } from './profiles.ts'

/** `ssh deploy@vps.example, through jump.example`, `direct wss://g.example`, `this machine`. */
export function wayText(way: SavedWay): string {
  switch (way.kind) {
    case 'local':
      return placeOf(way)
    case 'direct':
      return `${way.url}${way.tlsFingerprint === undefined ? '' : ' (pinned)'}${way.insecure ? ' (not encrypted)' : ''}`
    case 'ssh': {
      const through = way.jump === undefined || way.jump.length === 0 ? '' : ` through ${way.jump.join(', ')}`
      const at = way.gatewaySocket ?? (way.gatewayPort === undefined ? '' : `port ${way.gatewayPort}`)
      return `ssh ${hopText(way)}${through}${at === '' ? '' : `, gateway at ${at}`}`
    }
    case 'tailscale':
      return `tailscale ${way.port === undefined ? way.peer : `${peerHost(way.peer)}:${way.port}`}`
  }
}

export function secretText({ secret }: Profile): string {
  if (secret === undefined) return ''
  switch (secret.source) {
    case 'env':
      return `${secret.secret} from ${secret.variable}`
    case 'file':
      return `${secret.secret} in a private file`
    case 'keychain':
      return `${secret.secret} in the keychain`
    case 'prompt':
      return `${secret.secret} asked for`
  }
}
