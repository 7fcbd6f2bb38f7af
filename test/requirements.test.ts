/** Each requirement this version claims is named by a test, and docs/security.md says where: none disappears unnoticed. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

const claimed = [
  ...['TR1', 'TR2', 'TR3', 'TR4', 'TR5', 'TR6', 'TR7', 'TR8'],
  ...['AU1', 'AU2', 'AU3', 'AU4', 'AU5', 'AU6', 'AU7', 'AU8', 'AU9', 'AU10'],
  ...['AU11', 'AU12', 'AU13', 'AU14', 'AU15', 'AU16', 'AU17', 'AU18', 'AU20'],
  ...['PA1', 'PA2', 'PA3', 'PA4', 'PA5', 'PA6', 'PA7', 'PA8', 'PA9', 'PA10'],
  ...['TU1', 'TU2', 'TU3', 'TU4', 'TU5', 'TU6', 'TU7', 'TU8', 'TU9', 'TU10', 'TU11', 'TU12'],
  ...['TU13', 'TU14', 'TU15', 'TU16', 'TU17', 'TU18', 'TU19', 'TU20', 'TU21'],
  ...['OR1', 'OR2', 'OR3', 'OR4', 'OR5', 'OR6', 'OR8'],
  ...['IN1', 'IN2', 'IN3', 'IN4', 'IN5', 'IN7', 'IN8', 'IN9', 'IN12'],
  ...['TS1', 'TS2', 'TS3', 'TS4', 'TS5', 'TS6', 'TS7', 'TS8', 'TS9', 'TS10', 'TS11', 'TS12'],
  ...['EX1', 'EX2', 'EX3', 'EX4', 'EX5', 'EX6', 'EX7', 'EX8', 'EX9', 'EX11', 'EX12', 'EX13', 'EX14', 'EX15', 'EX16'],
  ...['SE1', 'SE2', 'SE3', 'SE4', 'SE5', 'SE6'],
  ...['DU1', 'DU2', 'DU3', 'DU4', 'DU5', 'DU6', 'DU7', 'DU8', 'DU9'],
  ...['OP2', 'OP3', 'OP4', 'OP6', 'OP7', 'OP9', 'OP10'],
]

/** Ids at the beginning of a title, as in `'EX7, DU5: …'` or `describe('OR1', …)`, of the call that follows `test` or `describe`. */
function idsIn(text: string): string[] {
  const titles = text.matchAll(/[(\n]\s*['"`]((?:[A-Z]{2}\d+(?:, )?)+)(?=:|['"`])/g)
  return [...titles].flatMap(([, ids = '']) => ids.split(', '))
}

const paths = globSync('test/**/*.{test.ts,test.tsx,long.ts}', { cwd: root }).concat(
  globSync('test/contract/*.ts', { cwd: root }),
)
const proofs = new Map(paths.map((path) => [path, new Set(idsIn(readFileSync(join(root, path), 'utf8')))]))

/** `| AU3 | promise | kept in | shown by |` */
const rows = [
  ...readFileSync(join(root, 'docs/security.md'), 'utf8').matchAll(/^\| ([A-Z]{2}\d+) \|.*\| ([^|]+) \|$/gm),
]
const page = new Map(
  rows.map(([, id = '', shown = '']) => [id, [...shown.matchAll(/`([^` ]+)`/g)].map(([, path]) => path)]),
)

test.each(claimed)('%s is named by a test', (id) => {
  expect([...proofs].filter(([, ids]) => ids.has(id)).map(([path]) => path)).not.toEqual([])
})

test('docs/security.md lists what is claimed, no more and no less', () => {
  expect([...page.keys()].toSorted()).toEqual(claimed.toSorted())
})

test.each([...page])('the tests that docs/security.md gives for %s name it', (id, shown) => {
  const endings = ['.test.ts', '.long.ts', '.ts']
  const naming = shown.filter((path) => endings.some((ending) => proofs.get(`test/${path}${ending}`)?.has(id)))
  expect(naming).toEqual(shown)
})
