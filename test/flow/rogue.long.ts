/** A gateway that somebody else names, in the folder one happens to stand in or in a link: nobody connects to it, or tells it anything. */

import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { startTcp } from '../support/echo.ts'
import { freePort } from '../support/free-port.ts'
import { built } from '../support/programs.ts'

test('AU16: what lies in the current folder, and a link, lead no command anywhere', async () => {
  await using home = await Home.make()
  let connections = 0
  await using rogue = await startTcp((socket) => {
    connections++
    socket.destroy()
  })
  const url = `ws://127.0.0.1:${rogue.port}`
  const folder = join(home.dir, 'pulled')
  mkdirSync(join(folder, '.clawdbot'), { recursive: true })
  const settings = JSON.stringify({ gateway: { mode: 'remote', remote: { url, token: 'planted' } } })
  const profile = { id: 'p', name: 'p', createdAt: 1, warm: true, ways: [{ kind: 'direct', url }] }
  const book = JSON.stringify({ version: 1, current: 'p', profiles: [profile] })
  const variables = `CLAWDBOT_GATEWAY_URL=${url}\nCLAWDBOT_PROFILE=p\nCLAWDBOT_STATE_DIR=${folder}/.clawdbot\n`
  for (const place of [folder, join(folder, '.clawdbot')]) {
    for (const [name, text] of [
      ['clawdbot.json', settings],
      ['profiles.json', book],
      ['.env', variables],
    ] as const) {
      writeFileSync(join(place, name), text)
    }
  }
  const env = { PATH: process.env.PATH, HOME: home.dir, CLAWDBOT_GATEWAY_PORT: String(await freePort()) }
  const run = (...words: string[]) =>
    new Promise<{ code: unknown; text: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [built('clawdbot'), ...words],
        { env: { ...env, CLAWDBOT_GATEWAY_TOKEN: 'of-the-gateway-here' }, cwd: folder },
        (error, out, err) => resolve({ code: error?.code ?? 0, text: out + err }),
      )
      child.stdin?.end()
    })
  const outcomes = await Promise.all([
    run('health'),
    run('profiles', 'list'),
    run(url),
    run(`clawdbot://connect?url=${encodeURIComponent(url)}`),
  ])
  const [health, list, ...links] = outcomes
  expect(health?.code).not.toBe(0)
  expect(list?.text).not.toContain(url)
  expect(links.map(({ code }) => code)).toEqual([2, 2])
  expect(connections).toBe(0)
})
