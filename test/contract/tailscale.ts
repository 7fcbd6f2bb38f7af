/** What holds for every `tailscale` command, whatever its state: the stand-in of the tests and a real one on the path. */

import { describe, expect, test } from 'vitest'
import { askStatus, listTailnetPeers, stateFault } from '../../src/tunnel/tailscale/ask.ts'
import type { TailscaleCommand } from '../../src/tunnel/tailscale/cli.ts'
import { isTailnetAddress } from '../../src/tunnel/tailscale/peer-name.ts'

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

    test('refuses what it does not know with an exit code and words', async () => {
      const result = await make()(['no-such-subcommand'], { signal })
      expect(result).toMatchObject({ kind: 'exited', stderr: expect.stringMatching(/\S/) })
      expect((result as { code: number }).code).not.toBe(0)
    })
  })
}
