import { expect, test } from 'vitest'
import { resolveOurselves } from '../../../src/tunnel/ssh/resolve.ts'
import { forwardArgs, type SystemWay } from '../../../src/tunnel/ssh/system-args.ts'
import { sshHome } from '../../support/ssh-home.ts'

async function argsOf(way: Partial<SystemWay>, config = '', canAsk = true): Promise<string[]> {
  await using home = await sshHome({ config: `Host *\n${config}\n` })
  const context = { home: home.home, env: {}, signal: AbortSignal.timeout(5000), systemFile: '/nowhere' }
  const host = await resolveOurselves({ host: 'vps' }, context)
  return forwardArgs({ host: 'vps', ...way }, host, '127.0.0.1:18789', { isOwnHome: true, canAsk })
}

test('TU7: the host comes last, after --, and nothing can be smuggled into the command', async () => {
  const args = await argsOf({ user: 'deploy', port: 2222, jump: ['a', 'me@b:2'] })
  expect(args.slice(args.indexOf('-J'))).toEqual([
    ...['-J', 'a,me@b:2', '-W', '127.0.0.1:18789', '-l', 'deploy', '-p', '2222', '--', 'vps'],
  ])
  for (const bad of ['-oProxyCommand=id', 'a b', 'a\nb', 'a\0', '$(id)', 'a;id', '']) {
    await expect(argsOf({ host: bad })).rejects.toMatchObject({ code: 'usage.invalid' })
    await expect(argsOf({ jump: [bad] })).rejects.toMatchObject({ code: 'usage.invalid' })
    await expect(argsOf({ user: bad || ' ' })).rejects.toMatchObject({ code: 'usage.invalid' })
  }
})

test('TU18: neither agent nor anything else is forwarded, no master stays behind', async () => {
  const args = await argsOf(
    {},
    'ForwardAgent yes\nControlMaster auto\nStrictHostKeyChecking no\nServerAliveInterval 60',
  )
  for (const option of [
    ...['ForwardAgent=no', 'ControlMaster=no', 'ControlPath=none', 'ClearAllForwardings=yes'],
    'StrictHostKeyChecking=accept-new',
  ]) {
    expect(args[args.indexOf(option) - 1]).toBe('-o')
  }
  expect(args.join(' ')).not.toContain('ServerAlive') // the person's own counts
  expect(args).not.toContain('BatchMode=yes')
  expect(await argsOf({}, '', false)).toContain('BatchMode=yes') // or it would ask on the terminal, which is ours
  expect((await argsOf({})).join(' ')).toContain('ServerAliveInterval=3 -o ServerAliveCountMax=3')
})
