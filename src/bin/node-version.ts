/** Says in words that this Node is too old, where it would otherwise fail in the middle of something. */

/** What `engines` in package.json says: the first with full-text search in `node:sqlite`. */
const oldest = [22, 16] as const

/** Undefined when `version` (`process.versions.node`) will do. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined
  return `Clawdbot needs Node ${oldest.join('.')} or newer; this is Node ${version}.\nInstall a current one from https://nodejs.org, then run the same command again.`
}
