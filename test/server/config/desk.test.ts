import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ConfigDesk } from '../../../src/server/config/desk.ts'

const dir = mkdtempSync(join(tmpdir(), 'clawdbot-desk-'))
const path = join(dir, 'state', 'clawdbot.json')
const desk = (env = {}) => new ConfigDesk({ path, env })
const text = () => readFileSync(path, 'utf8')

afterEach(() => rmSync(join(dir, 'state'), { recursive: true, force: true }))

test('a first setting makes the file, private, in a private folder', () => {
  expect(desk().set('gateway.port', 18_790)).toEqual({
    ...{ isChanged: true, hadFile: false, needRestart: ['gateway.port'], reload: 'restart' },
  })
  expect(text()).toBe('{\n  gateway: {\n    port: 18790,\n  },\n}\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(dir, 'state')).mode & 0o777).toBe(0o700)
})

test('DU8: comments stay, the file as it was is kept beside, and what is hot needs no restart', () => {
  desk().set('gateway.port', 18_790)
  const commented = text().replace('port: 18790,', 'port: 18790, // ours\n    // never lan')
  writeFileSync(path, commented)
  expect(desk().set('logging.level', 'debug')).toEqual({
    ...{ isChanged: true, hadFile: true, needRestart: [], reload: 'hot' },
  })
  expect(text()).toContain('port: 18790, // ours\n    // never lan')
  expect(readFileSync(`${path}.bak`, 'utf8')).toBe(commented)
  expect(statSync(`${path}.bak`).mode & 0o777).toBe(0o600)
})

test('what does not validate is refused with every problem, and nothing is written', () => {
  desk().set('gateway.port', 18_790)
  const before = text()
  expect(() => desk().set('gateway.port', 'no')).toThrow(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining('line 3: gateway.port') }),
  )
  expect(() => desk().set('gateway.prot', 1)).toThrow(expect.objectContaining({ code: 'usage.invalid' }))
  expect(text()).toBe(before)
})

test('an invalid file can be mended setting by setting, but one that is no JSON5 is not touched', () => {
  desk().set('gateway.port', 18_790)
  writeFileSync(path, '{ gateway: { port: "x" } }')
  expect(() => desk().get('gateway.port')).toThrow(expect.objectContaining({ code: 'config.invalid' }))
  expect(desk().set('gateway.port', 1234).isChanged).toBe(true)
  writeFileSync(path, '{ gateway: ')
  expect(() => desk().set('gateway.port', 1)).toThrow(expect.objectContaining({ code: 'config.invalid' }))
  expect(text()).toBe('{ gateway: ')
})

test('DU8: an edit made meanwhile is a conflict, and the other edit stays', () => {
  desk().set('gateway.port', 18_790)
  const { hash, raw } = desk().look()
  desk().set('logging.level', 'debug')
  const theirs = text()
  expect(() => desk().replace((raw ?? '').replace('18790', '18791'), hash)).toThrow(
    expect.objectContaining({ code: 'config.conflict' }),
  )
  expect(text()).toBe(theirs)
})

test('a value is shown as it counts, a default as a default, a secret not at all', () => {
  desk().set('gateway.auth', { mode: 'token', token: 'x'.repeat(40) })
  expect(desk().get('gateway.auth.token')).toEqual({ value: '__CLAWDBOT_REDACTED__', isInFile: true })
  expect(desk().get('gateway.port')).toMatchObject({ isInFile: false })
  expect(desk().get('gateway.remote.url')).toBe(undefined)
  expect(JSON.stringify(desk().all())).not.toContain('xxxx')
})

test('the secrets of a value are named wherever in it they stand; one that only names a variable is none', () => {
  expect(desk().secretsIn('gateway.auth.token', 'x')).toEqual(['gateway.auth.token'])
  expect(desk().secretsIn('gateway.auth.token', 12_345)).toEqual(['gateway.auth.token'])
  expect(desk().secretsIn('gateway.auth.token', '${' + 'TOKEN}')).toEqual([])
  expect(desk().secretsIn('gateway.port', 1)).toEqual([])
  const models = { providers: { mine: { apiKey: 'x', baseUrl: 'http://127.0.0.1:1' }, its: { apiKey: '${' + 'KEY}' } } }
  expect(desk().secretsIn('models', models)).toEqual(['models.providers.mine.apiKey'])
})

test('removing a setting brings its default back; removing what is not there changes nothing', () => {
  desk().set('gateway.port', 18_790)
  expect(desk().unset('gateway.port')).toMatchObject({ isChanged: true, needRestart: ['gateway.port'] })
  expect(desk().unset('gateway.port')).toMatchObject({ isChanged: false, needRestart: [], reload: 'none' })
})
