import fc from 'fast-check'
import JSON5 from 'json5'
import { describe, expect, test } from 'vitest'
import { parseSettingPath, setSetting, unsetSetting } from '../../../src/server/config/edit.ts'
import { runs } from '../../support/runs.ts'

const set = (text: string, path: string, value: unknown) => setSetting(text, parseSettingPath(path), value)
const unset = (text: string, path: string) => unsetSetting(text, parseSettingPath(path))

describe('a path', () => {
  test.each([
    ['gateway.port', ['gateway', 'port']],
    ['agents.list[0].model', ['agents', 'list', 0, 'model']],
    ['models.providers["my.host"].baseUrl', ['models', 'providers', 'my.host', 'baseUrl']],
    ['a-b', ['a-b']],
  ])('%s is read', (text, parts) => expect(parseSettingPath(text)).toEqual(parts))

  test.each(['', '.a', 'a..b', 'a.', 'a b', 'a[x]', '[', 'a["b]'])('%j is refused with an example', (text) => {
    expect(() => parseSettingPath(text)).toThrow(expect.objectContaining({ code: 'usage.invalid' }))
  })
})

describe('setting', () => {
  test.each<[string, string, string, unknown, string]>([
    ['a value in its place', '{ a: 1, // one\n  b: 2 }', 'a', 7, '{ a: 7, // one\n  b: 2 }'],
    ['into an empty file', '', 'gateway.port', 1, '{\n  gateway: {\n    port: 1,\n  },\n}\n'],
    ['into an empty object', '{ a: {} }\n', 'a.b', true, '{ a: {\n  b: true,\n} }\n'],
    ['after the last of several lines', '{\n  a: 1, // one\n}\n', 'b', 2, '{\n  a: 1, // one\n  b: 2,\n}\n'],
    ['where there is no last comma', '{\n  a: 1 // one\n}\n', 'b', 2, '{\n  a: 1, // one\n  b: 2\n}\n'],
    ['on one line', '{ a: 1 }', 'b', 'x', '{ a: 1, b: "x" }'],
    ['on one line with a comma', '{ a: 1, }', 'b', 'x', '{ a: 1, b: "x", }'],
    ['with quoted names', '{\n  "a": 1\n}', 'b', { c: 1 }, '{\n  "a": 1,\n  "b": {\n    "c": 1\n  }\n}'],
    ['beside a comment only', '{\n  // nothing yet\n}\n', 'a', 1, '{\n  a: 1,\n  // nothing yet\n}\n'],
    ['the last of a doubled key', '{ a: 1, a: 2 }', 'a', 3, '{ a: 1, a: 3 }'],
    ['inside a list', '{ l: [ { m: 1 }, ] }', 'l[0].m', 2, '{ l: [ { m: 2 }, ] }'],
    ['a name that needs quotes', '{ a: {} }', 'a["b.c"]', 1, '{ a: {\n  "b.c": 1,\n} }'],
    ['past a comment with a brace', '{ a: 1 /* } , */ }', 'b', 2, '{ a: 1, b: 2 /* } , */ }'],
  ])('%s', (_what, text, path, value, expected) => expect(set(text, path, value)).toBe(expected))

  test.each([
    ['{ a: 1 }', 'a.b'],
    ['{ a: [] }', 'a[0]'],
    ['{ a: {} }', 'a.b[0]'],
  ])('in %s there is no place for %s, and it says so', (text, path) => {
    expect(() => set(text, path, 1)).toThrow(expect.objectContaining({ code: 'usage.invalid' }))
  })
})

describe('removing', () => {
  test.each([
    ['a whole line with its comment', '{\n  a: 1, // one\n  b: 2,\n}\n', 'a', '{\n  b: 2,\n}\n'],
    ['one of several on a line', '{ a: 1, b: 2 }', 'a', '{ b: 2 }'],
    ['every copy of a doubled key', '{ a: 1, b: 0, a: 2 }', 'a', '{ b: 0, }'],
    ['an element', '{ l: [1, 2, 3] }', 'l[1]', '{ l: [1, 3] }'],
    ['what is not there', '{ a: 1 }', 'b.c', '{ a: 1 }'],
  ])('%s', (_what, text, path, expected) => expect(unset(text, path)).toBe(expected))
})

const name = fc.constantFrom('a', 'b', 'c.d', 'token')
const tree = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.string(), fc.boolean(), tie('object')),
  object: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
})).object
const blank = fc.constantFrom('', ' ', '\n', ' // note, { }\n', ' /* } */ ', '\n  ')

/** The same values in JSON5 with odd spaces and comments. */
function written(value: unknown, gaps: () => string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, inner]) => `${gaps()}"${key}":${gaps()}${written(inner, gaps)}`)
  return `{${members.join(`${gaps()},`)}${gaps()}}`
}

const at = (root: unknown, path: readonly string[]) =>
  path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)?.[key], root)

test('whatever the file looks like, exactly one setting changes and every comment stays', () => {
  fc.assert(
    fc.property(
      tree,
      fc.array(blank, { minLength: 1 }),
      fc.array(name, { minLength: 1, maxLength: 3 }),
      (root, blanks, path) => {
        let turn = 0
        const text = written(root, () => blanks[turn++ % blanks.length] ?? '')
        const notes = (all: string) => (all.match(/note, \{ \}|\/\* \} \*\//g) ?? []).length
        try {
          const after = setSetting(text, path, 42)
          if (typeof at(JSON5.parse(text), path) !== 'object') expect(notes(after)).toBe(notes(text))
          const gone = unsetSetting(after, path)
          expect(at(JSON5.parse(gone), path)).toBe(undefined)
        } catch (error) {
          expect(error).toMatchObject({ code: 'usage.invalid' }) // the path leads through a plain value
        }
      },
    ),
    { numRuns: runs(500) },
  )
})
