import { describe, expect, test } from 'vitest'
import type { ToolItem } from '../../../src/tui/store/item.ts'
import { gatewayPlace } from '../../../src/tui/store/select.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'

const { view } = scriptedGateway({}, 'local').gateway
const call: ToolItem = { kind: 'tool', id: 'c1', name: 'exec', args: {}, status: 'interrupted', output: '' }
const hello = (more: object) => ({
  type: 'hello-ok' as const,
  protocol: 4,
  server: { version: '0.1.0', connId: 'c' },
  features: { methods: [] },
  policy: { tickIntervalMs: 30_000 },
  ...more,
})

describe('the machine of a call that never ran', () => {
  test('is the host the gateway names, in either protocol', () => {
    const old = hello({ server: { version: '0.1.0', connId: 'c', host: 'vm' } })
    expect(gatewayPlace({ connection: { ...view, hello: old } }, [call])).toBe('gateway vm')
    const presence = [
      { host: 'laptop', mode: 'ui' },
      { host: 'vm', mode: 'gateway', reason: 'self' },
    ]
    expect(gatewayPlace({ connection: { ...view, hello: hello({ snapshot: { presence } }) } }, [call])).toBe(
      'gateway vm',
    )
  })

  test('is the one of the calls that ran, while the gateway is not there', () => {
    const ran = { ...call, where: 'gateway vm' }
    const there = { ...call, where: 'node mac' }
    expect(gatewayPlace({ connection: view }, [ran, there, call])).toBe('gateway vm')
    expect(gatewayPlace({ connection: view }, [call])).toBe('gateway')
  })

  test('is the name of the profile only where the gateway never says its own', () => {
    expect(gatewayPlace({ connection: { ...view, hello: hello({}) } }, [call])).toBe('gateway local')
  })
})
