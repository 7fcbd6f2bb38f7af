import { expect, test } from 'vitest'
import { LayerLog } from '../../src/cli/layer-log.ts'
import type { LayerName } from '../../src/tunnel/layer.ts'

const begun = (layer: LayerName, detail?: string) => ({ layer, state: 'begun', detail }) as const
const up = (layer: LayerName, detail?: string) => ({ layer, state: 'up', detail }) as const

test('each layer takes the time from its beginning to its end, hops one after another', () => {
  const log = new LayerLog(100)
  expect(log.take(begun('dns'), 100)).toBeUndefined()
  expect(log.take(up('dns', '203.0.113.7'), 103)).toMatchObject({ detail: '203.0.113.7', tookMs: 3 })
  log.take(begun('tcp', 'via jump'), 103)
  expect(log.take(up('tcp'), 110)).toMatchObject({ layer: 'tcp', detail: 'via jump', tookMs: 7 })
  log.take(begun('tcp'), 120)
  log.take(up('tcp'), 125)
  expect(log.take(up('ssh', 'ssh-ed25519'), 130)).toMatchObject({ isUp: true, tookMs: 5 })
  expect(log.stop(131)).toBeUndefined()
  expect(log.steps.map(({ layer, tookMs }) => `${layer} ${tookMs}`)).toEqual(['dns 3', 'tcp 7', 'tcp 5', 'ssh 5'])
})

test('what began last and did not come up is where it stopped', () => {
  const log = new LayerLog(0)
  log.take(up('dns'), 1)
  log.take(begun('gateway'), 1)
  log.take(begun('tcp'), 2)
  expect(log.stop(9)).toMatchObject({ layer: 'tcp', isUp: false, tookMs: 7 })
})
