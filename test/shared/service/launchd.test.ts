import { execFile } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { launchdAgent } from '../../../src/shared/service/launchd.ts'
import { requireProgram } from '../../support/programs.ts'
import { oddNames, oddSpec } from './support.ts'

const run = promisify(execFile)

/** What a plist in XML says, as plistutil writes it. */
function read(xml: string): unknown {
  const tokens = [...xml.replace(/^.*<plist[^>]*>/s, '').matchAll(/<(\/?)(\w+)(\/?)>([^<]*)/g)]
  const value = (): unknown => {
    const [, , tag, isEmpty, text = ''] = tokens.shift() ?? []
    if (isEmpty) return tag === 'string' ? '' : tag === 'true'
    if (tag === 'dict' || tag === 'array') {
      const items: unknown[] = []
      while (!tokens[0]?.[1]) items.push(value())
      tokens.shift()
      if (tag === 'array') return items
      return Object.fromEntries(items.flatMap((key, i) => (i % 2 === 0 ? [[key, items[i + 1]]] : [])))
    }
    tokens.shift()
    const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
    return tag === 'integer' ? Number(plain) : plain
  }
  return value()
}

test.each(oddNames)('plistutil reads back every word of an agent called %s', async (name) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-agent-'))
  const spec = oddSpec(folder.path, name)
  const path = join(folder.path, 'agent.plist')
  await writeFile(path, launchdAgent(spec, 'com.clawdbot.tunnel.test'))
  const plistutil = requireProgram('plistutil')
  await run(plistutil, ['-i', path, '-o', `${path}.bin`, '-f', 'bin'])
  const { stdout } = await run(plistutil, ['-i', `${path}.bin`, '-f', 'xml'])
  expect(read(stdout)).toEqual({
    Label: 'com.clawdbot.tunnel.test',
    ProgramArguments: spec.argv,
    EnvironmentVariables: spec.environment,
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: 10,
    ProcessType: 'Background',
    Umask: 0o077,
    StandardOutPath: spec.logPath,
    StandardErrorPath: spec.logPath,
  })
})

test('control characters make no agent', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-agent-'))
  const spec = { ...oddSpec(folder.path, 'plain'), logPath: '/tmp/a\u0001' }
  expect(() => launchdAgent(spec, 'com.clawdbot.test')).toThrow(/control characters/)
})
