/** Telegram as its users live it: set up by line commands, a stranger let in, an answer after a crash, once. */

import { expect, test } from 'vitest'
import { clientPaths } from '../../src/client/paths.ts'
import { clawdbot } from '../cli/world.ts'
import type { Home } from '../client/support.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { BotApi, botToken } from '../support/telegram/bot-api.ts'
import { call, type Json, operator } from './support.ts'

test('DU6: set up, paired, answered, killed, and a message of meanwhile answered once after the restart', async () => {
  await using api = await BotApi.start()
  await using gateway = await startBuiltGateway()
  const { stateDir, port } = gateway
  const world = { dir: stateDir, paths: clientPaths({ CLAWDBOT_STATE_DIR: stateDir }, stateDir) } as Home
  const env = { CLAWDBOT_GATEWAY_TOKEN: gateway.token }
  const at = ['--port', String(port)]
  const run = (words: string[], input?: string) =>
    clawdbot(world, words, { env, ...(input !== undefined && { input }) })

  expect(await run(['channels', 'list', ...at])).toMatchObject({
    code: 0,
    out: expect.stringContaining('not set up: clawdbot channels add telegram'),
  })
  expect(await run(['channels', 'add', 'telegram', botToken, '--api-root', api.root])).toMatchObject({ code: 2 })
  const wrong = await run(
    ['channels', 'add', 'telegram', '--stdin', '--api-root', api.root],
    '99:wrong-token-of-a-test\n',
  )
  expect(wrong).toMatchObject({ code: 3, err: expect.stringContaining('Telegram does not know the token') })
  const added = await run(['channels', 'add', 'telegram', '--stdin', '--api-root', api.root], `${botToken}\n`)
  expect(added).toMatchObject({ code: 0, out: expect.stringContaining('✅ telegram is set up as @claw_bot') })
  await api.until(() => api.called('getUpdates').length > 0)
  expect(await run(['channels', 'status', ...at])).toMatchObject({
    code: 0,
    out: '✅ telegram: connected (@claw_bot, polling)\n',
  })
  expect((await run(['health', ...at])).out).toContain('\n✅ Channels: telegram (connected)\n')
  expect((await run(['status', ...at])).out).toContain('telegram (connected (@claw_bot, polling))')

  api.say('hello', { from: 77, name: 'Grace', username: 'grace' })
  await api.until(() => api.texts(77)[0])
  const code = /Pairing code: (\w{8})/.exec(api.texts(77)[0] ?? '')?.[1] ?? ''
  expect((await run(['pairing', 'list', 'telegram', ...at])).out).toMatch(
    new RegExp(`telegram +${code} +77 +Grace \\(@grace\\)`),
  )
  expect((await run(['channels', 'status', ...at])).out).toContain('Somebody waits for approval')
  expect(await run(['pairing', 'approve', 'telegram', code, ...at])).toMatchObject({
    code: 0,
    out: '✅ Approved Grace (@grace) (77); they were told\n',
  })
  await api.until(() => api.texts(77)[1]?.startsWith('You are approved'))
  api.say('hello', { from: 77, name: 'Grace' })
  await api.until(() => api.texts(77).length === 3)
  {
    using client = await operator(gateway)
    const { sessions } = await call(client, 'sessions.list', {})
    expect(sessions).toContainEqual(
      expect.objectContaining({
        key: 'agent:main:telegram:dm:77',
        channel: 'telegram',
        displayName: 'Grace',
        lastTo: '77',
        deliveryContext: { channel: 'telegram', to: '77', accountId: 'default' },
      }),
    )
  }

  for (const [said, answer] of [
    ['/new', 'New session.'],
    ['/new list files', 'In the workspace'],
    ['/model default', 'Model of this session'],
    ['/approve 123 once', '⚠️ You may not answer for commands. The owner can add your number, 77'],
    ['/stop', 'Nothing is running.'],
  ] as const) {
    const count = api.texts(77).length
    api.say(said, { from: 77, name: 'Grace' })
    expect(await api.until(() => api.texts(77)[count])).toContain(answer)
  }
  {
    // What the service has and the disk does not know yet would be sent again.
    using client = await operator(gateway)
    const queued = async () => {
      const { channelAccounts } = await call(client, 'channels.status', {})
      return (channelAccounts as Record<string, Json[]>).telegram?.[0]?.queued
    }
    await expect.poll(queued).toBe(0)
  }
  await gateway.kill9()
  const before = api.texts(77).length
  api.say('/status', { from: 77, name: 'Grace' })
  await using second = await startBuiltGateway({ stateDir, port })
  await api.until(() => api.texts(77).length > before)
  expect((await run(['channels', 'send', 'telegram', '77', 'that', 'was', 'it', ...at])).code).toBe(0)
  expect(api.texts(77).slice(before)).toEqual([expect.stringContaining('telegram:dm:77'), 'that was it'])
  expect(second.output()).not.toContain(botToken)

  using owner = await operator(gateway)
  const isOut = (payload: Json) => (payload.channels as Record<string, Json>).telegram?.tokenSource === 'none'
  const out = owner.event('health', isOut)
  expect((await run(['channels', 'logout', 'telegram', ...at])).out).toContain('has forgotten the token')
  await out
  const failed =
    'failed: There is no bot token. Get one from @BotFather in Telegram, then run: clawdbot channels add telegram'
  expect(await run(['channels', 'status', ...at])).toMatchObject({ code: 1, out: `❌ telegram: ${failed}\n` })
  expect(await run(['channels', 'remove', 'telegram'])).toMatchObject({ code: 0 })
  expect((await run(['audit', 'log', '--what', 'channel'])).out).toContain('channel.pairing-approved')
}, 60_000)

test('IN12, DU6: by webhook, what Telegram tells is answered once, and nobody else is heard', async () => {
  await using api = await BotApi.start()
  const secret = 'webhook-secret_0123456789'
  const webhook = { webhookUrl: 'https://gw.example/telegram-webhook', webhookSecret: secret }
  const telegram = { botToken, apiRoot: api.root, dmPolicy: 'allowlist', allowFrom: [77], ...webhook }
  await using gateway = await startBuiltGateway({ config: { channels: { telegram } } })
  await api.until(() => api.webhook)
  expect(api.webhook).toEqual({ url: webhook.webhookUrl, secret })
  const tell = async (update: number, text: string, shown: Record<string, string>) => {
    const person = { id: 77, is_bot: false, first_name: 'Grace' }
    const message = { message_id: update, date: 1, chat: { ...person, type: 'private' }, from: person, text }
    const told = await fetch(`http://127.0.0.1:${gateway.port}/telegram-webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...shown },
      body: JSON.stringify({ update_id: update, message }),
    })
    return told.status
  }
  const asTelegram = { 'x-telegram-bot-api-secret-token': secret }
  expect(await tell(1, '/status', {})).toBe(401)
  expect(await tell(1, '/status', { 'x-telegram-bot-api-secret-token': 'somebody-elses-secret' })).toBe(401)
  expect(await tell(2, '/status', asTelegram)).toBe(200)
  await api.until(() => api.texts(77).length > 0)
  expect(await tell(2, '/status', asTelegram)).toBe(200)
  expect(await tell(3, '/stop', asTelegram)).toBe(200)
  await api.until(() => api.texts(77).length > 1)
  expect(api.texts(77)).toEqual([expect.stringContaining('telegram:dm:77'), 'Nothing is running.'])
  expect(api.called('getUpdates')).toEqual([])
  expect(gateway.output()).not.toContain(secret)
}, 60_000)
