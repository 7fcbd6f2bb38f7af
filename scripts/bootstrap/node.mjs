/** The Node everything here runs on: the package `node`, whose own script fetches the binary for this machine. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BootstrapFailure, explainNpm } from './failure.mjs'
import { environment, outsideNode } from './npm.mjs'
import { say } from './say.mjs'

/** Oldest Node that runs the product: the first with `node:sqlite` unflagged. */
const oldest = [22, 16]

/** @param {string} root */
export function pinnedNode(root) {
  return join(root, 'node_modules', 'node', 'bin', 'node')
}

/**
 * Makes sure the pinned Node is there and starts; returns its path. Where it cannot run (Alpine, BSD) the Node that
 * runs this will do if it is new enough.
 * @param {string} root @param {string} version @returns {string}
 */
export function ensureNode(root, version) {
  const pinned = pinnedNode(root)
  const said = answers(pinned, version) ? '' : fetchNode(root, version)
  if (answers(pinned, version)) {
    link(root)
    return pinned
  }
  if (!runsProduct(process.versions.node)) throw unusable(version, said)
  say(`Node ${version} does not run on this machine; using Node ${process.versions.node} instead.`)
  return process.execPath
}

/** @param {string} version such as `22.16.0` */
export function runsProduct(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > (oldest[0] ?? 0) || (major === oldest[0] && minor >= (oldest[1] ?? 0))
}

/** @param {string} node @param {string} version */
function answers(node, version) {
  return existsSync(node) && spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${version}`
}

/** Runs the package's own script and returns what it printed. @param {string} root @param {string} version */
function fetchNode(root, version) {
  say(`Fetching Node ${version} (this project's own; nothing outside this folder changes)`)
  const node = outsideNode(root)
  const { stdout, stderr, error } = spawnSync(node, ['installArchSpecificPackage.js'], {
    cwd: join(root, 'node_modules', 'node'),
    env: { ...environment(root, node), npm_config_loglevel: 'error' },
    encoding: 'utf8',
  })
  return error ? error.message : `${stdout}${stderr}`
}

/** npm leaves this link out when it runs no scripts, because the binary was not there yet. @param {string} root */
function link(root) {
  const path = join(root, 'node_modules', '.bin', 'node')
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true }) // a link that leads nowhere
  symlinkSync(join('..', 'node', 'bin', 'node'), path)
}

/** @param {string} version @param {string} said */
function unusable(version, said) {
  const why = said.trim() === '' ? '' : ` ${explainNpm(said).message}`
  return new BootstrapFailure(
    `Node ${version} could not be fetched or does not start, and Node ${process.versions.node} is too old for Clawdbot.${why}`,
    `Run the same command again, or put Node ${oldest.join('.')} or newer first on PATH.`,
  )
}
