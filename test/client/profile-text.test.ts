import { expect, test } from 'vitest'
import { wayText } from '../../src/client/profile-text.ts'

test.each([
  [{ kind: 'ssh', host: '::1', user: 'me', port: 2222 }, 'ssh me@[::1]:2222'],
  [{ kind: 'ssh', host: '::1' }, 'ssh [::1]'],
  [
    { kind: 'ssh', host: 'vps', port: 22, jump: ['a'], gatewayPort: 4000 },
    'ssh vps:22 through a, gateway at port 4000',
  ],
  [{ kind: 'tailscale', peer: 'https://name.tailnet.ts.net/' }, 'tailscale https://name.tailnet.ts.net/'],
  [{ kind: 'tailscale', peer: 'https://name.tailnet.ts.net/', port: 99 }, 'tailscale name.tailnet.ts.net:99'],
  [{ kind: 'tailscale', peer: 'fd7a:115c:a1e0::1', port: 99 }, 'tailscale [fd7a:115c:a1e0::1]:99'],
  [{ kind: 'tailscale', peer: 'desktop', port: 99 }, 'tailscale desktop:99'],
] as const)('%j reads %s', (way, text) => {
  expect(wayText({ ...way, ...('jump' in way ? { jump: [...way.jump] } : {}) } as Parameters<typeof wayText>[0])).toBe(
    text,
  )
})
