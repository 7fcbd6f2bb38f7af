/** Runs npm quietly, with progress, and turns its failures into sentences. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { BootstrapFailure, explainNpm } from './failure.mjs'
import { ticker } from './say.mjs'

/**
 * The flags undo what a person's own npm settings might leave out. No package's script runs (older npm versions know
 * no list of approved ones): the only one we need is the one that fetches Node, and `node.mjs` runs that itself.
 */
const flags =
  '--ignore-scripts --include=dev --include=optional --engine-strict=false --no-audit --no-fund --loglevel=error'

/**
 * @param {string} root @param {string[]} args
 * @param {{ node?: string, total?: number }} [options] `node` runs npm; `total` is how many packages to expect
 */
export async function npm(root, args, { node = outsideNode(root), total = 0 } = {}) {
  const folder = join(root, 'node_modules')
  const stop = ticker(
    () => `${Math.min(countPackages(folder), total || Infinity)}${total ? ` of ${total}` : ''} packages`,
  )
  try {
    const { code, output } = await capture(root, node, [...args, ...flags.split(' ')])
    if (code !== 0) throw explainNpm(output)
  } finally {
    stop()
  }
}

/**
 * The npm that started us when there is one, else the one on PATH.
 * @param {string} root @param {string} node @param {string[]} args @returns {Promise<{ code: number, output: string }>}
 */
function capture(root, node, args) {
  const cli = process.env.npm_execpath ?? ''
  const known = /^npm(-cli)?\.c?js$/.test(basename(cli))
  return new Promise((resolve, reject) => {
    const child = spawn(known ? node : 'npm', known ? [cli, ...args] : args, {
      cwd: root,
      env: environment(root, node),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('error', (cause) => reject(noNpm(cause)))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/**
 * The Node that may replace what is in node_modules: the one there, which may well be running this, is about to go.
 * @param {string} root
 */
export function outsideNode(root) {
  const known = [process.env.npm_node_execpath, process.execPath]
  return known.find((path) => path && !path.startsWith(join(root, 'node_modules'))) ?? 'node'
}

/** Ours, with `node` first on PATH and the one in node_modules not on it. @param {string} root @param {string} node */
export function environment(root, node) {
  const own = join(root, 'node_modules', '.bin')
  const others = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== own)
  const path = node === 'node' ? others : [dirname(node), ...others]
  return { ...process.env, PATH: path.join(delimiter) }
}

/** @param {Error} cause */
function noNpm(cause) {
  return new BootstrapFailure(
    `npm could not be started (${cause.message}).`,
    'Install it: it comes with Node from https://nodejs.org; on Debian and Ubuntu it is the package npm.',
  )
}

/** How many packages have arrived: npm makes all folders first and fills them after. @param {string} folder @returns {number} */
function countPackages(folder) {
  try {
    const names = readdirSync(folder).flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(folder, name)).map((inner) => join(name, inner)) : [name],
    )
    return names.filter((name) => existsSync(join(folder, name, 'package.json'))).length
  } catch {
    return 0 // npm is just taking the folder away
  }
}
