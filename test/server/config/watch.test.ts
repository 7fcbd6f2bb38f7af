import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type ConfigSnapshot, checkConfigText, readConfig } from '../../../src/server/config/load.ts'
import { watchConfig, watchFolderOf } from '../../../src/server/config/watch.ts'
import { ManualClock } from '../../support/clock.ts'

test('edits count once they have settled; a broken one keeps the last good settings and says why', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'clawdbot.json')
  const clock = new ManualClock()
  const news: string[] = []
  let touch = () => {}
  const read = () => readConfig({ path, env: {} })
  using _ = watchConfig({
    clock,
    initial: read(),
    read,
    paths: [path],
    watchFile: (_path, onTouch) => {
      touch = onTouch
      return () => {}
    },
    onChange: ({ config }, plan) => news.push(`${plan.action} ${plan.changed} ${config.logging.level}`),
    onBroken: ({ issues }) => news.push(`broken ${issues[0]?.path}`),
    onRefused: (error) => news.push(`refused ${(error as Error).message}`),
  })
  const edit = (text: string, waitMs: number) => {
    writeFileSync(path, text)
    touch()
    clock.advance(waitMs)
  }
  edit('{ logging: { lev', 299)
  edit('{ logging: { level: "debug" } }', 300)
  edit('{ logging: { levle: "warn" } }', 300)
  touch()
  clock.advance(300)
  edit('{ logging: { level: "debug" } } // same meaning', 300)
  edit('{ logging: { level: "warn" } }', 300)
  expect(news).toEqual(['hot logging.level debug', 'broken logging.levle', 'hot logging.level warn'])
})

test('an edit from before the watch began is seen, and what was refused is offered again only when it says something else', () => {
  const clock = new ManualClock()
  const news: string[] = []
  const place = { path: '/none', env: {} }
  const snapshot = (level: string) => checkConfigText(place, `{ logging: { level: "${level}" } }`)
  let file = snapshot('debug')
  const parts = {
    ...{ clock, paths: [], watchFile: () => () => {}, read: () => file, onBroken: () => {}, onRefused: () => {} },
    ...{ initial: snapshot('info'), seen: snapshot('debug') },
    onChange: ({ config }: ConfigSnapshot) => void news.push(config.logging.level),
  }
  {
    using _ = watchConfig(parts)
    clock.advance(300)
  }
  expect(news).toEqual([])
  file = snapshot('warn')
  using _ = watchConfig(parts)
  clock.advance(300)
  expect(news).toEqual(['warn'])
})

test('a file that appears, or is replaced by an editor, is noticed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'clawdbot.json')
  await new Promise<void>((resolve) => {
    const stop = watchFolderOf(path, () => {
      stop()
      resolve()
    })
    writeFileSync(path, '{}')
  })
})
