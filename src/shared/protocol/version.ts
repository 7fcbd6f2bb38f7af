/** Protocol numbers and how two ends agree on one (section 4.3). */

export const minProtocol = 3
export const maxProtocol = 4
export type ProtocolVersion = 3 | 4

/** `min(client max, 4)` when both ends can speak it, else undefined. */
export function negotiate(client: { min: number; max: number }): ProtocolVersion | undefined {
  const version = Math.min(client.max, maxProtocol)
  if (version < Math.max(client.min, minProtocol)) return undefined
  return version as ProtocolVersion
}
