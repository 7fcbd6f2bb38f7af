/** Adds hosts to a known_hosts file from a process of its own: `known-hosts-writer.ts <file> <name> <count> <base64 key>`. */

import { systemClock } from '../../src/shared/std/clock.ts'
import { addKnownHost } from '../../src/tunnel/ssh/known-hosts-file.ts'

const [path = '', name = '', count = '0', key = ''] = process.argv.slice(2)
const { signal } = new AbortController()
for (let i = 0; i < Number(count); i++) {
  const host = { hostName: `${name}-${i}.example`, port: 22, hostKeyAlias: undefined, hashKnownHosts: i % 2 === 1 }
  const problem = await addKnownHost(path, host, Buffer.from(key, 'base64'), { clock: systemClock, signal })
  if (problem !== undefined) throw new Error(problem)
}
