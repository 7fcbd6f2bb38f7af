/** Builds `dist`: both programs, code-split, with everything but `ssh2` and the keychain bundled. `--clean` leaves nothing older behind. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { type BuildOptions, type BuildResult, build, type Metafile } from 'esbuild'
import { buildStamp, fingerprint } from './bootstrap/sources.mjs'
import { splitBreaches } from './build/graph.ts'
import { lazyBuiltins } from './build/lazy-builtins.ts'
import { thirdPartyLicenses } from './build/licenses.ts'
import { lighten } from './build/lighten.ts'
import { sdkZod } from './build/sdk-zod.ts'
import { startsOf, together } from './build/together.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const client = 'clawdbot.js'
const programs = [client, 'clawdbot-server.js']
/** A gateway that is still running may load a chunk of the build it came from, so those are kept this long. */
const keepOldChunksMs = 24 * 3_600_000

/** CommonJS packages such as `ws` call `require` for Node's own modules; only chunks that do get one. */
const requireShim = 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);'

async function main(): Promise<void> {
  const madeFrom = fingerprint(root)
  const names = await buildNames()
  const built = await Promise.all(programs.map((program) => bundle(program, names)))
  const metafile: Metafile = { inputs: {}, outputs: Object.assign({}, ...built.map((one) => one.metafile.outputs)) }
  refuseBrokenSplit(metafile)
  const licenses = await thirdPartyLicenses(metafile, root)
  await mkdir(dist, { recursive: true })
  const written = [await replace('THIRD-PARTY-LICENSES.txt', licenses)]
  for (const file of entriesLast(built.flatMap(({ outputFiles }) => outputFiles)))
    written.push(await replace(basename(file.path), withRequire(file)))
  for (const name of programs) await chmod(join(dist, name), 0o755)
  written.push(await replace(basename(buildStamp), madeFrom))
  await removeOld(new Set(written), process.argv.includes('--clean') ? 0 : keepOldChunksMs)
}

/**
 * Each program by itself: what two programs share would be cut into a chunk per set of its users, 75 files to start the
 * gateway instead of 11, which takes it 7 MB more. Chunks both have are the same file.
 */
async function bundle(program: string, names: Readonly<Record<string, string>>): Promise<Bundle> {
  if (program !== client) return await bundleWith(program, names)
  // Once to see who imports what, and then for good.
  const { metafile } = await bundleWith(program, names, { splitting: false, sourcemap: false, treeShaking: false })
  return await bundleWith(program, names, { plugins: [...plugins, together(root, startsOf(metafile))] })
}

const plugins = [sdkZod, lighten, lazyBuiltins]

type Bundle = BuildResult<{ metafile: true; write: false }>

async function bundleWith(
  program: string,
  names: Readonly<Record<string, string>>,
  more: BuildOptions = {},
): Promise<Bundle> {
  return await build({
    absWorkingDir: root,
    entryPoints: [`src/bin/${program.replace('.js', '.ts')}`],
    outdir: 'dist',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    jsx: 'automatic',
    sourcemap: true,
    sourcesContent: false,
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    external: ['ssh2', '@napi-rs/keyring', 'bufferutil', 'utf-8-validate'],
    plugins,
    alias: { 'react-devtools-core': join(root, 'scripts/build/empty.ts') },
    define: {
      'process.env.NODE_ENV': '"production"',
      ...names,
    },
    logLevel: 'warning',
    metafile: true,
    write: false,
    ...more,
  })
}

/** What this build is called. */
async function buildNames(): Promise<Record<string, string>> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  return { __VERSION__: JSON.stringify(version), __COMMIT__: JSON.stringify(await commit()) }
}

async function commit(): Promise<string> {
  const asked = promisify(execFile)('git', ['rev-parse', '--short', 'HEAD'], { cwd: root })
  return await asked.then(({ stdout }) => stdout.trim()).catch(() => '') // a tarball has no repository
}

function refuseBrokenSplit(meta: Metafile): void {
  const breaches = splitBreaches(meta)
  if (breaches.length === 0) return
  const lines = breaches.map(({ rule, entry, packages }) => `  ${rule}, but ${entry} loads ${packages.join(', ')}`)
  throw new Error(`The code split is broken (use import() where the package is needed):\n${lines.join('\n')}`)
}

type Output = { path: string; text: string }

/** Chunks first, so that an entry never names a chunk that is not there yet. */
function entriesLast<T extends Output>(files: T[]): T[] {
  const isEntry = ({ path }: T): boolean => programs.includes(basename(path))
  return [...files.filter((file) => !isEntry(file)), ...files.filter(isEntry)]
}

function withRequire({ path, text }: Output): string {
  if (!path.endsWith('.js') || !/typeof require\b/.test(text)) return text
  return text.startsWith('#!') ? text.replace('\n', `\n${requireShim}`) : requireShim + text
}

/** Writes beside and renames, so that a program starting meanwhile reads a whole file. */
async function replace(name: string, text: string): Promise<string> {
  const target = join(dist, name)
  await writeFile(`${target}.${process.pid}`, text)
  await rename(`${target}.${process.pid}`, target)
  return name
}

async function removeOld(written: ReadonlySet<string>, keepMs: number): Promise<void> {
  for (const name of await readdir(dist)) {
    if (written.has(name)) continue
    const path = join(dist, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs >= keepMs) await rm(path, { force: true })
  }
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
