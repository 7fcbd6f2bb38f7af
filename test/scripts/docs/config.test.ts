import { expect, test } from 'vitest'
import { printConfig } from '../../../scripts/docs/config.ts'
import { planReload } from '../../../src/server/config/plan.ts'
import { configSchema } from '../../../src/server/config/schema.ts'

test('what the page says of a restart is what a gateway does', () => {
  const [, named = ''] = /need a restart,.*:\n(.*)\n/.exec(printConfig()) ?? []
  const isNamed = (path: string) =>
    [...named.matchAll(/`([^`]+)`/g)].some(([, one]) => `${path}.`.startsWith(`${one}.`))
  const settings = (value: unknown) => ({ config: configSchema.parse(value), env: {} })
  const { changed, needRestart } = planReload(
    settings({}),
    settings({
      gateway: {
        ...{ port: 2, bind: 'lan', allowedHosts: ['a.example'], trustedProxies: ['10.0.0.1'] },
        ...{ socket: { enabled: true }, tls: { enabled: true }, auth: { token: 'x' } },
      },
      agents: { list: [{ id: 'b' }] },
      logging: { level: 'debug' },
    }),
  )
  expect(changed.filter(isNamed)).toEqual(needRestart)
  expect([changed.length, needRestart.length]).toEqual([9, 7])
})
