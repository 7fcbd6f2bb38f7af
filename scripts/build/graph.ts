/** Reads esbuild's metafile: which packages an entry loads at once, and whether that breaks the split. Pure. */
import { isBuiltin } from 'node:module'
import type { Metafile } from 'esbuild'

/** One promise about loading: entries whose source matches `from` load none of `never` without an `import()`. */
export type SplitRule = { name: string; from: RegExp; never: RegExp }

export type SplitBreach = { rule: string; entry: string; packages: string[] }

const screenPackages = /^(react|react-reconciler|ink|yoga-layout)$/
const modelPackages = /^(ai|openai|@ai-sdk\/.+)$/
const screenOrModel = new RegExp(`${screenPackages.source}|${modelPackages.source}`)

/** What each kind of entry must never load at once. `--version` loads no package at all, so it costs what Node costs. */
const splitRules: readonly SplitRule[] = [
  { name: 'the entry points load no package', from: /^src\/bin\//, never: /./ },
  {
    name: 'a line command loads neither the screen nor a model SDK',
    from: /^src\/(cli|client)\//,
    never: screenOrModel,
  },
  { name: 'the terminal loads no model SDK', from: /^src\/tui\//, never: modelPackages },
  { name: 'the gateway loads no screen', from: /^src\/(server|node)\//, never: screenPackages },
  { name: 'ssh2 is loaded for an SSH tunnel, and by nothing else', from: /^src\/(?!tunnel\/ssh\/)/, never: /^ssh2$/ },
  {
    name: 'grammY is loaded for a bot that is set up',
    from: /^src\/(?!server\/channels\/telegram\/telegram\.ts)/,
    never: /^grammy$/,
  },
  { name: 'the gateway starts without a model SDK', from: /^src\/server\/(?!providers\/)/, never: modelPackages },
]

/** `node_modules/@ai-sdk/openai/dist/x.js` → `@ai-sdk/openai`; the innermost package wins; our own files → undefined. */
export function packageOf(input: string): string | undefined {
  const inner = input.split('node_modules/').at(-1)
  if (inner === undefined || inner === input) return undefined
  const [scope, name] = inner.split('/')
  return scope?.startsWith('@') ? `${scope}/${name}` : scope
}

/** Every package that is loaded when `output` is, `import()` not followed; those left outside, like `ssh2`, too. */
export function staticPackages(meta: Metafile, output: string): string[] {
  const seen = new Set<string>()
  const names = new Set<string | undefined>()
  const visit = (path: string): void => {
    const found = meta.outputs[path]
    if (seen.has(path) || !found) return
    seen.add(path)
    for (const input of Object.keys(found.inputs)) names.add(packageOf(input))
    for (const { path: next, kind, external } of found.imports) {
      if (kind === 'dynamic-import') continue
      if (!external) visit(next)
      else if (!isBuiltin(next)) names.add(packageOf(`node_modules/${next}`))
    }
  }
  visit(output)
  return [...names].filter((name) => name !== undefined).sort()
}

/** Every broken promise; an empty list means the build may ship. */
export function splitBreaches(meta: Metafile, rules: readonly SplitRule[] = splitRules): SplitBreach[] {
  const entries = Object.entries(meta.outputs).flatMap(([output, { entryPoint }]) =>
    entryPoint === undefined ? [] : [{ output, entryPoint }],
  )
  return entries.flatMap(({ output, entryPoint }) => {
    const loaded = staticPackages(meta, output)
    return rules
      .filter((rule) => rule.from.test(entryPoint))
      .map((rule) => ({ rule: rule.name, entry: entryPoint, packages: loaded.filter((name) => rule.never.test(name)) }))
      .filter((breach) => breach.packages.length > 0)
  })
}
