import { expect, test } from 'vitest'
import { askStatus } from '../../../src/tunnel/tailscale/ask.ts'
import { standInTailscale } from '../../support/tailscale/stand-in.ts'

const signal = new AbortController().signal

test('TS2: 20,000 peers are left out unless they matter, and where they do, their number is no failure', async () => {
  using standIn = standInTailscale({ crowd: 20_000 })
  const alone = await askStatus(standIn.command, { withPeers: false, signal })
  expect(alone).toMatchObject({ kind: 'status', isPartial: false, status: { state: 'running', peers: [] } })
  const all = await askStatus(standIn.command, { withPeers: true, signal })
  expect(all).toMatchObject({ kind: 'status', isPartial: true, status: { state: 'running', peers: [] } })
  expect(standIn.calls()).toEqual(['status --json --peers=false', 'status --json', 'status --json --peers=false'])
})
