import { expect, test } from 'vitest'
import { wayOrigin } from '../../src/tunnel/way-origin.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { startSshd } from '../support/sshd.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { Home } from './support.ts'

/** What a program that sits at the known address hears of us. */
function secretsIn(fake: StandInGateway): unknown[] {
  return fake.connects.map(({ auth }) => auth)
}

test('AU17: through SSH too, where a fake takes the place of the gateway on the server', async () => {
  await using home = await Home.make()
  await using sshd = await startSshd()
  const real = await startTestGateway()
  const { port } = real.server
  const way = sshd.way({ gatewayPort: port })
  {
    await using seen = await home.connect(real.url, { token: testToken }, { way, home: sshd.home })
    await seen.until(({ connection }) => connection.view.phase === 'live')
  }
  await real[Symbol.asyncDispose]()
  await using fake = await StandInGateway.start({ port })
  await using seen = await home.connect(fake.url, { token: testToken }, { way, home: sshd.home })
  await seen.until(({ connection }) => connection.view.phase === 'failed')
  expect(seen.connection.view.fault).toMatchObject({
    code: 'client.untrusted',
    remedy: expect.stringContaining(`profiles trust ${wayOrigin(way)}`),
  })
  expect(secretsIn(fake)).toEqual([])
})
