import { expect, test } from 'vitest'
import { resolveRoute } from '../../../src/tunnel/ssh/route.ts'
import { sshHome } from '../../support/ssh-home.ts'

async function routeOf(config: string, jump?: string[]): Promise<string[]> {
  await using home = await sshHome({ config })
  const way = { kind: 'ssh' as const, host: 'vps', ...(jump ? { jump } : {}) }
  const route = await resolveRoute(way, { home: home.home, env: {}, signal: AbortSignal.timeout(10_000) })
  return route.map(({ alias, user, port }) => `${user === 'deploy' ? 'deploy@' : ''}${alias}:${port}`)
}

test('hops come first, in the order of ProxyJump, each as its own configuration has it', async () => {
  expect(await routeOf('Host vps\nProxyJump a,deploy@b:2200\nHost a\nPort 2222\n')).toEqual([
    'a:2222',
    'deploy@b:2200',
    'vps:22',
  ])
})

test('the first hop may have hops of its own; for the others the list says how they are reached', async () => {
  const config = 'Host vps\nProxyJump a,b\nHost a\nProxyJump outer\nHost b\nProxyJump elsewhere\n'
  expect(await routeOf(config)).toEqual(['outer:22', 'a:22', 'b:22', 'vps:22'])
})

test('the profile’s own list wins over the configuration, also when it is empty', async () => {
  const config = 'Host vps\nProxyJump a\n'
  expect(await routeOf(config, ['c'])).toEqual(['c:22', 'vps:22'])
  expect(await routeOf(config, [])).toEqual(['vps:22'])
})

test('a circle is said, with its members', async () => {
  await expect(routeOf('Host vps\nProxyJump a\nHost a\nProxyJump vps\n')).rejects.toMatchObject({
    code: 'ssh.config',
    message: 'The jump hosts go in a circle: vps:22 › a:22 › vps:22',
  })
})
