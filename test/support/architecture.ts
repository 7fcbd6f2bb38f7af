/** Checks of the building's plan that the linter cannot make, as pure functions from files to complaints. */

/** Path relative to the repository → text. */
export type Sources = ReadonlyMap<string, string>

/** What each room of `src` may import from besides itself. A name with a slash is one part of a room. */
const floors: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  exec: ['shared'],
  tunnel: ['shared'],
  client: ['tunnel', 'shared'],
  tui: ['client', 'tunnel', 'shared'],
  cli: ['client', 'tunnel', 'shared'],
  node: ['client', 'tunnel', 'exec', 'shared'],
  web: ['shared'],
  server: ['tunnel/tailscale', 'exec', 'shared'],
  bin: ['tui', 'cli', 'node', 'web', 'server', 'client', 'tunnel', 'exec', 'shared'],
}

/** Node's modules that `shared` and `web` must do without: both run in a browser. */
const browserRooms = ['shared', 'web']
const browserSafe = /^(node:(crypto|events|util|assert))$/

/** Specifiers of every import and re-export, `import type` and `import()` included. */
export function importsOf(text: string): string[] {
  const statements = text.matchAll(
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm,
  )
  const calls = text.matchAll(/\bimport\s*\(\s*['"]([^'"]+)['"]/g)
  return [...statements, ...calls].flatMap(([, from, bare]) => from ?? bare ?? [])
}

/** Imports that point up, sideways between faces, or at Node where a browser may be. */
export function floorBreaches(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => {
    const room = roomOf(path)
    if (room === undefined) return []
    return importsOf(text)
      .filter((specifier) => !mayImport(room, path, specifier))
      .map((specifier) => `${path} imports ${specifier}`)
  })
}

function mayImport(room: string, path: string, specifier: string): boolean {
  if (specifier.startsWith('node:')) return !browserRooms.includes(room) || browserSafe.test(specifier)
  if (!specifier.startsWith('.')) return true
  const target = resolve(path, specifier)
  if (roomOf(target) === room) return true
  return (floors[room] ?? []).some((allowed) => target.startsWith(`src/${allowed}/`))
}

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

function resolve(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1)
}

/** Rooms that no floor is drawn for: a new top folder in `src` must first find its place. */
export function unknownRooms(sources: Sources): string[] {
  const rooms = [...sources.keys()].map(roomOf).filter((room) => room !== undefined)
  return [...new Set(rooms)].filter((room) => !(room in floors))
}

/** Files in which `pattern` occurs outside comments, though they are none of `allowed`. */
export function outsiders(sources: Sources, pattern: RegExp, allowed: readonly RegExp[]): string[] {
  return [...sources]
    .filter(([path, text]) => !allowed.some((place) => place.test(path)) && pattern.test(withoutComments(text)))
    .map(([path]) => path)
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}

/** Tests that stand where no source of that name does. `x.topic.test.ts` and `x.test.ts` both belong to `x`. */
export function strayTests(tests: readonly string[], sources: Sources, rooms: readonly string[]): string[] {
  const subjects = new Set([...sources.keys()].flatMap((path) => ancestors(path.replace(/\.(tsx?|mjs)$/, ''))))
  return tests.filter((path) => {
    const [, room = ''] = path.split('/')
    if (!rooms.includes(room)) return false
    const subject = path.replace(/^test\//, '').replace(/(\.[^/]+)?\.test\.tsx?$/, '')
    return !subjects.has(`src/${subject}`) && !subjects.has(subject)
  })
}

/** The file itself and each folder around it: `a/b/c` → `a`, `a/b`, `a/b/c`. */
function ancestors(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** Files longer than `limit` lines. */
export function longFiles(sources: Sources, limit: number): string[] {
  return [...sources].flatMap(([path, text]) => {
    const lines = text.split('\n').length
    return lines > limit ? [`${path} has ${lines} lines`] : []
  })
}

/** Files that do not open with a sentence saying what they are for. */
export function unexplained(sources: Sources): string[] {
  return [...sources].filter(([, text]) => !/^(#!.*\n)?\/\*\*/.test(text)).map(([path]) => path)
}

/** Files and folders whose name says nothing about what they hold. */
export function namelessNames(sources: Sources): string[] {
  const nothing = /(^|\/)(utils?|helpers?|misc|common|types|stuff|part-?\d+)(\.[a-z.]+)?(\/|$)/
  return [...sources.keys()].filter((path) => nothing.test(path))
}

/** Packages of the manifest that the README gives no reason for. */
export function unexplainedPackages(manifest: Manifest, readme: string): string[] {
  const names = [...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.devDependencies ?? {})]
  return names.filter((name) => !readme.includes(`\`${name}\``))
}

type Manifest = { dependencies?: Record<string, string>; devDependencies?: Record<string, string> }
