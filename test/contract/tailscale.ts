/** What holds for every `tailscale` command, whatever its state: the stand-in of the tests and a real one on the path. */

import { describe, expect, test } from 'vitest'
import { askStatus, listTailnetPeers, stateFault } from '../../src/tunnel/tailscale/ask.ts'
import type { TailscaleCommand } from '../../src/tunnel/tailscale/cli.ts'
import { readServe } from '../../src/tunnel/tailscale/expose.ts'
import { isTailnetAddress } from '../../src/tunnel/tailscale/peer-name.ts'
import { createWhois } from '../../src/tunnel/tailscale/whois.ts'

export function describeTailscale(name: string, make: () => TailscaleCommand): void {
  const signal = new AbortController().signal
  describe(name, () => {
    test('says how it is, in a form we understand', async () => {
      const reading = await askStatus(make(), { withPeers: false, signal })
      expect(['status', 'down']).toContain(reading.kind)
      if (reading.kind === 'status') expect(reading.status.version).toMatch(/^\d+\.\d+\.\d+$/)
    })

    test('has names and tailnet addresses while it runs, and a remedy while it does not', async () => {
      const reading = await askStatus(make(), { withPeers: true, signal })
      const fault = stateFault(reading)
      if (fault) {
        expect(fault.remedy).toBeTypeOf('string')
        await expect(listTailnetPeers(make(), signal)).rejects.toMatchObject({ code: fault.code })
        return
      }
      const { self, peers } = reading.kind === 'status' ? reading.status : { self: undefined, peers: [] }
      expect(self?.addresses.every(isTailnetAddress)).toBe(true)
      expect(peers.every(({ name: own }) => own !== '')).toBe(true)
      expect(await listTailnetPeers(make(), signal)).toHaveLength(peers.length)
    })

    test('says what it serves, and whose its own address is, while it runs', async () => {
      const reading = await askStatus(make(), { withPeers: false, signal })
      if (stateFault(reading) || reading.kind !== 'status') return
      const { handlers, tcpPorts } = await readServe(make(), signal)
      expect([...handlers, ...tcpPorts.map((port) => ({ port }))].every(({ port }) => port > 0)).toBe(true)
      const [address = ''] = reading.status.self?.addresses ?? []
      expect(await createWhois(make())(address)).toMatchObject({ login: expect.stringMatching(/\S/) })
    })

    test('refuses what it does not know with an exit code and words', async () => {
      const result = await make()(['no-such-subcommand'], { signal })
      expect(result).toMatchObject({ kind: 'exited', stderr: expect.stringMatching(/\S/) })
      expect((result as { code: number }).code).not.toBe(0)
    })
  })
}
