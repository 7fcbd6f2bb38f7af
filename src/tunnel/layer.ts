/** The layers between a person and a gateway, in the order they come up: `DNS > TCP > SSH > auth > gateway > live`. */

export const layerNames = ['dns', 'tcp', 'ssh', 'auth', 'gateway', 'live'] as const
/** `ssh` ends with the host key accepted, `auth` with the SSH login; a direct way has neither, nor has a gateway nearby `dns`. */
export type LayerName = (typeof layerNames)[number]

/** Progress of one attempt. A layer that fails needs no event: the rejection says what, the last begun layer says where. */
export type LayerEvent = {
  readonly layer: LayerName
  readonly state: 'begun' | 'up'
  /** What came of it, for the screen: `203.0.113.7`, `ssh-ed25519`, `publickey`; `via jump1` for a hop. */
  readonly detail?: string | undefined
}
