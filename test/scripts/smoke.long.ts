import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { built } from '../support/programs.ts'

const root = join(import.meta.dirname, '../..')
const json = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'))

type Locked = { dev?: boolean; hasInstallScript?: boolean; optional?: boolean }

test('OP4: nothing runs when the package is installed, and what would compile is refused by name', () => {
  const { scripts, allowScripts } = json('package.json')
  const atInstall = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']
  expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([])
  const packages = Object.entries(json('package-lock.json').packages as Record<string, Locked>)
  const building = packages.filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev)
  expect(building.map(([path]) => path.replace(/^.*node_modules\//, '')).filter((name) => allowScripts[name])).toEqual(
    [],
  )
})

test('OP4: gateway and line commands run from the built files alone, without a compiled module or any other package', async () => {
  const home = mkdtempSync(join(tmpdir(), 'clawdbot-alone-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  cpSync(dirname(built('clawdbot')), join(home, 'dist'), { recursive: true })
  cpSync(join(root, 'package.json'), join(home, 'package.json'))
  const env = { PATH: process.env.PATH ?? '', HOME: home }
  const port = String(await freePort())
  const gateway = spawn(process.execPath, [join(home, 'dist/clawdbot-server.js'), '--port', port], { env, cwd: home })
  onTestFinished(() => void gateway.kill('SIGKILL'))
  let printed = ''
  gateway.stdout.on('data', (chunk) => (printed += chunk))
  await expect.poll(() => printed).toContain('Auth mode')
  const clawdbot = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(home, 'dist/clawdbot.js'), ...args], { env, cwd: home })
  expect((await clawdbot('--version')).stdout).toMatch(/^clawdbot CLI v/)
  expect((await clawdbot('health')).stdout).toContain('Gateway is healthy')
  gateway.kill('SIGTERM')
  expect(await once(gateway, 'exit')).toEqual([0, null])
})
