/** Holds the building to its plan (ARCHITECTURE.md): the real tree passes, and each check catches what it is for. */
import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  floorBreaches,
  importsOf,
  longFiles,
  namelessNames,
  outsiders,
  type Sources,
  strayTests,
  unexplained,
  unexplainedPackages,
  unknownRooms,
} from './support/architecture.ts'

const root = join(import.meta.dirname, '..')

async function read(...patterns: string[]): Promise<Sources> {
  const paths = globSync(patterns, { cwd: root }).sort()
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), 'utf8')] as const)),
  )
}

const src = await read('src/**/*.{ts,tsx}')
const scripts = await read('scripts/**/*.{ts,mjs}')
const tests = await read('test/**/*.{ts,tsx}')

/** Who may do what few may do, each with its reason. */
const privileges = [
  {
    what: 'reads the environment',
    pattern: /\bprocess\.env\b/,
    allowed: [/^src\/bin\//, /^src\/server\/config\/load\.ts$/, /\/paths\.ts$/],
    offence: 'export const home = process.env.HOME',
  },
  {
    what: 'starts processes',
    pattern: /['"](node:)?child_process['"]/,
    allowed: [
      /^src\/bin\//, // the background gateway of the built-in profile
      /^src\/exec\/spawn\.ts$/, // what may run on this machine, after approval
      /^src\/tunnel\/(tailscale\/cli|ssh\/system)\.ts$/, // the Tailscale and OpenSSH commands
      /^src\/client\/background\.ts$/, // our own programs that outlive a command: the local gateway, a forward
      /^src\/client\/system-programs\.ts$/, // lsof, ps, systemctl, launchctl
      /^src\/server\/service-notice\.ts$/, // systemd-notify
      /^src\/tui\/terminal\/programs\.ts$/, // $EDITOR; the clipboard command
    ],
    offence: "import { spawn } from 'node:child_process'",
  },
  {
    what: 'knows the time or sets timers',
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bset(Timeout|Interval)\(/,
    allowed: [/^src\/shared\/std\/clock\.ts$/],
    offence: 'const at = Date.now()',
  },
  {
    // Reading every export of it, as such an import does, loads all of `fetch`: 14 MB and 45 ms (bench/start.ts).
    what: 'imports node:http',
    pattern: /^(import (?!type\b).*|\} )from ['"](node:)?https?['"]/m,
    allowed: [],
    offence: "import { request } from 'node:http'",
  },
  {
    what: 'asks a schema without a net',
    pattern: /\.safeParse\(/,
    allowed: [/^src\/shared\/std\/read-as\.ts$/], // a value of a stranger can make zod throw
    offence: 'const read = schema.safeParse(value)',
  },
  {
    what: 'asks whether it is under test',
    pattern: /\b(VITEST|NODE_ENV)\b/,
    allowed: [],
    offence: 'if (process.env.VITEST) fake()',
  },
]

describe('the tree', () => {
  test('imports point down, stay in the room, and leave Node out of what browsers run', () => {
    expect(floorBreaches(src)).toEqual([])
  })

  test('has no room without a floor', () => {
    expect(unknownRooms(src)).toEqual([])
  })

  test.each(privileges)('only the named files do what few may do: $what', ({ pattern, allowed }) => {
    expect(outsiders(src, pattern, allowed)).toEqual([])
  })

  test('tests stand where their subject does', () => {
    const rooms = ['shared', 'exec', 'tunnel', 'client', 'server', 'tui', 'cli', 'node', 'web', 'bin', 'scripts']
    const files = [...tests.keys()].filter((path) => /\.test\.tsx?$/.test(path))
    expect(strayTests(files, new Map([...src, ...scripts]), rooms)).toEqual([])
  })

  test('no file is longer than 350 lines', () => {
    expect(longFiles(new Map([...src, ...scripts, ...tests]), 350)).toEqual([])
  })

  test('every source file opens by saying what it is for', () => {
    expect(unexplained(new Map([...src, ...scripts]))).toEqual([])
  })

  test('every file has a name that says what it holds', () => {
    expect(namelessNames(new Map([...src, ...scripts, ...tests]))).toEqual([])
  })

  test('the README gives a reason for every package', async () => {
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    expect(unexplainedPackages(manifest, await readFile(join(root, 'README.md'), 'utf8'))).toEqual([])
  })
})

describe('the checks', () => {
  test.each([
    ['src/shared/a.ts', "import type { Bus } from '../server/bus.ts'"],
    ['src/shared/a.ts', "import { readFile } from 'node:fs/promises'"],
    ['src/tunnel/a.ts', "export { x } from '../client/x.ts'"],
    ['src/client/a.ts', "const x = await import('../tui/start.tsx')"],
    ['src/tui/a.tsx', "import {\n  b,\n  c,\n} from '../server/bus.ts'"],
    ['src/cli/a.ts', "import '../tui/start.tsx'"],
    ['src/server/tools/a.ts', "import { x } from '../../web/page.ts'"],
    ['src/server/a.ts', "import { x } from '../tunnel/direct.ts'"],
    ['src/web/a.tsx', "import { x } from '../client/calls.ts'"],
    ['src/exec/a.ts', "import { x } from '../tunnel/direct.ts'"],
    ['src/tui/a.tsx', "import { x } from '../exec/spawn.ts'"],
  ])('in %s, %s is caught', (path, text) => {
    expect(floorBreaches(new Map([[path, text]]))).toHaveLength(1)
  })

  test.each([
    ['src/server/methods/a.ts', "import { x } from '../tools/web/fetch.ts'"],
    ['src/server/a.ts', "import { x } from '../tunnel/tailscale/expose.ts'"],
    ['src/node/a.ts', "import { x } from '../exec/spawn.ts'"],
    ['src/tui/a.tsx', "import { x } from '../client/calls.ts'\nimport { y } from '../shared/fault.ts'"],
    ['src/bin/clawdbot.ts', "await import('../server/compose.ts')"],
    ['src/shared/a.ts', "import { z } from 'zod'"],
  ])('in %s, %s is fine', (path, text) => {
    expect(floorBreaches(new Map([[path, text]]))).toEqual([])
  })

  test('a word in a string is no import', () => {
    expect(importsOf('const help = \'to export it, read from "./x"\'\nexport const a = 1')).toEqual([])
  })

  test.each(privileges)(
    'a stranger that $what is caught, and a comment about it is not',
    ({ pattern, allowed, offence }) => {
      const sources = new Map([
        ['src/tui/app.tsx', offence],
        ['src/tui/store.ts', `/** Never: ${offence} */\n// ${offence}\nexport const a = 1`],
      ])
      expect(outsiders(sources, pattern, allowed)).toEqual(['src/tui/app.tsx'])
    },
  )

  test('a test without a subject is caught, one about a topic or a folder is not', () => {
    const sources = new Map([['src/server/gateway/hub.ts', '']])
    const paths = [
      'server/gateway/hub.test.ts',
      'server/gateway/hub.slow.test.ts',
      'server/gateway.test.ts',
      'server/old.test.ts',
    ]
    expect(
      strayTests(
        paths.map((path) => `test/${path}`),
        sources,
        ['server'],
      ),
    ).toEqual(['test/server/old.test.ts'])
  })

  test('length, opening, name and reason are each caught', () => {
    expect(longFiles(new Map([['a.ts', '\n'.repeat(9)]]), 5)).toEqual(['a.ts has 10 lines'])
    expect(
      unexplained(
        new Map([
          ['a.ts', "import 'x'"],
          ['b.ts', '#!/usr/bin/env node\n/** Yes. */'],
        ]),
      ),
    ).toEqual(['a.ts'])
    expect(
      namelessNames(
        new Map([
          ['src/utils/a.ts', ''],
          ['src/a/shared-types.ts', ''],
          ['src/helpers.ts', ''],
        ]),
      ),
    ).toEqual(['src/utils/a.ts', 'src/helpers.ts'])
    expect(unexplainedPackages({ dependencies: { ws: '8' }, devDependencies: { vitest: '5' } }, 'Uses `ws`.')).toEqual([
      'vitest',
    ])
  })
})

describe('the linter', () => {
  const wrong = [
    ['a floor crossed upwards', 'src/shared/floor.ts', "export { b } from '../server/b.ts'\n", 'noRestrictedImports'],
    ['Node in shared', 'src/shared/node.ts', "export type { Stats } from 'node:fs'\n", 'noRestrictedImports'],
    ['a global of Node in shared', 'src/shared/global.ts', 'export const a = process.argv\n', 'noRestrictedGlobals'],
    ['a face that knows another', 'src/cli/face.ts', "export { b } from '../tui/b.ts'\n", 'noRestrictedImports'],
    ['the gateway dialing', 'src/server/dial.ts', "export { b } from '../tunnel/b.ts'\n", 'noRestrictedImports'],
    [
      'a circle of types',
      'src/tui/a.ts',
      "import type { B } from './b.ts'\nexport type A = { b: B }\n",
      'noImportCycles',
    ],
    ['the environment', 'src/server/env.ts', 'export const a = process.env.HOME\n', 'noProcessEnv'],
    ['a default export', 'src/server/default.ts', 'export default 1\n', 'noDefaultExport'],
    [
      'a skipped test',
      'test/a.test.ts',
      "import { test } from 'vitest'\n\ntest.skip('a', () => {})\n",
      'noSkippedTests',
    ],
  ] as const
  let printed = ''
  beforeAll(async () => {
    const other = { 'src/tui/b.ts': "import type { A } from './a.ts'\nexport type B = { a: A }\n" }
    printed = await lint({ ...Object.fromEntries(wrong.map(([, path, text]) => [path, text])), ...other })
  })

  test.each(wrong)('catches %s', (_what, path, _text, rule) =>
    expect(printed).toMatch(new RegExp(`^${path}:\\d+:\\d+ lint/\\w+/${rule} `, 'm')),
  )
})

/** Lints files as if they stood in the repository; returns what Biome printed. */
async function lint(files: Record<string, string>): Promise<string> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'lint-'))
  const config = (await readFile(join(root, 'biome.json'), 'utf8')).replace(
    '"enabled": true, "clientKind"',
    '"enabled": false, "clientKind"',
  )
  for (const [path, text] of Object.entries({ ...files, 'biome.json': config })) {
    await mkdir(join(folder.path, dirname(path)), { recursive: true })
    await writeFile(join(folder.path, path), text)
  }
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const args = [biome, 'lint', '--max-diagnostics=50', '.']
  return await promisify(execFile)(process.execPath, args, { cwd: folder.path }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => `${stdout}${stderr}`,
  )
}
