/** A device id as people compare it: its first 64 bits, in groups. Pure. */

/** Such as `3f9a-01c2-77de-b410`. */
export function deviceFingerprint(deviceId: string): string {
  const start = deviceId.replace(/[^\w]/g, '').slice(0, 16)
  return start.match(/.{1,4}/g)?.join('-') ?? ''
}
