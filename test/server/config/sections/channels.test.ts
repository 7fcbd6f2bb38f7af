import { expect, test, vi } from 'vitest'
import { channelsSection } from '../../../../src/server/config/sections/channels.ts'
import { httpRoutes } from '../../../../src/server/gateway/http/table.ts'
import { systemClock } from '../../../../src/shared/std/clock.ts'

const telegram = (webhookPath: string) => {
  const { error } = channelsSection.safeParse({ telegram: { webhookPath } })
  return error?.issues.map(({ path }) => path.join('.'))
}

test('a webhook takes no path of the gateway itself', () => {
  expect(telegram('/from-telegram')).toBeUndefined()
  expect(telegram('/health-of-telegram')).toBeUndefined()
  const parts = { isReady: () => true, ask: vi.fn(), clock: systemClock, defaultAgentId: 'main' }
  const own = httpRoutes(parts).map(({ path }) => path)
  expect(own).toContain('/v1/chat/completions')
  for (const path of own.filter((one) => one !== '/')) {
    expect([path, telegram(path)]).toEqual([path, ['telegram.webhookPath']])
  }
})
