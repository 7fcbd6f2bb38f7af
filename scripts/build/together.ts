/**
 * Keeps what a usual start loads in few files. esbuild makes a chunk for each set of entries that share a module: 57 files
 * for `clawdbot health`, 93 for the terminal, and each takes Node near half a millisecond. An entry that loads most of such
 * a start loads the rest as well, so that those sets become one.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile, Plugin } from 'esbuild'

/** How a program goes on once its entry is there: a line command that asks the gateway, the terminal, a line command about files. */
const usualStarts = ['src/cli/health.ts', 'src/tui/start.tsx', 'src/cli/config.ts'] as const

/** A start's own modules, and the entries that are to load all of them. */
export type Start = { modules: readonly string[]; entries: ReadonlySet<string> }

/**
 * Of the metafile of the same build without this. Each start has what none before it has; its entries load more than half
 * of that anyway. Before all of them comes what the first needs no package for: it is little, and loaded by every entry.
 */
export function startsOf(meta: Metafile): Start[] {
  const entries = [...new Set(Object.values(meta.inputs).flatMap(({ imports }) => imports.filter(isLater).map(pathOf)))]
  const reached = new Map(entries.map((entry) => [entry, [...reachedFrom(meta, entry)]]))
  const reachedBy = (root: string): string[] => {
    const modules = reached.get(root)
    if (!modules) throw new Error(`${root} is a usual start, and nothing imports it later`)
    return modules
  }
  const bytes = (paths: readonly string[]) => paths.reduce((sum, path) => sum + (meta.inputs[path]?.bytes ?? 0), 0)
  const done = new Set(entries)
  const start = (modules: readonly string[], isLoadedBy: (entry: string) => boolean): Start[] => {
    const own = modules.filter((path) => isOurs(path) && !done.has(path))
    for (const path of modules) done.add(path)
    // What one of them imports must not load them: it would run after what needs it.
    const beneath = new Set(own.flatMap((path) => [...reachedFrom(meta, path)]))
    const loaders = entries.filter((entry) => isOurs(entry) && !beneath.has(entry) && isLoadedBy(entry))
    return own.length === 0 ? [] : [{ modules: own, entries: new Set(loaders) }]
  }
  const plain = reachedBy(usualStarts[0]).filter((path) => [...reachedFrom(meta, path)].every(isOurs))
  return [
    ...start(plain, () => true),
    ...usualStarts.flatMap((root) => {
      const modules = reachedBy(root).filter((path) => !done.has(path))
      const half = bytes(modules) / 2
      return start(modules, (entry) => bytes(modules.filter((path) => reached.get(entry)?.includes(path))) > half)
    }),
  ]
}

type Import = Metafile['inputs'][string]['imports'][number]
const isLater = ({ kind }: Import): boolean => kind === 'dynamic-import'
const pathOf = ({ path }: Import): string => path
const isOurs = (path: string): boolean => path.startsWith('src/')

function reachedFrom(meta: Metafile, entry: string): Set<string> {
  const reached = new Set<string>()
  const visit = (path: string): void => {
    if (reached.has(path)) return
    reached.add(path)
    for (const next of meta.inputs[path]?.imports ?? []) if (!next.external && !isLater(next)) visit(next.path)
  }
  visit(entry)
  return reached
}

/** `root` is the folder that the paths of the metafile begin in. */
export function together(root: string, starts: readonly Start[]): Plugin {
  const added = new Map<string, string>()
  for (const [i, { entries }] of starts.entries())
    for (const path of [...entries].map((entry) => join(root, entry)))
      added.set(path, `${added.get(path) ?? ''}\nimport 'start:${i}'`)
  return {
    name: 'together',
    setup(build) {
      build.onResolve({ filter: /^start:/ }, ({ path }) => ({ path: path.slice('start:'.length), namespace: 'start' }))
      build.onLoad({ filter: /./, namespace: 'start' }, ({ path }) => ({
        contents: starts[Number(path)]?.modules.map((module) => `import './${module}'`).join('\n') ?? '',
        resolveDir: root,
      }))
      build.onLoad({ filter: /[\\/]src[\\/].*\.tsx?$/ }, async ({ path }) => {
        const imports = added.get(path)
        if (imports === undefined) return undefined
        return { contents: (await readFile(path, 'utf8')) + imports, loader: path.endsWith('x') ? 'tsx' : 'ts' }
      })
    },
  }
}
