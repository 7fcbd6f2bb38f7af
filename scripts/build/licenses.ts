/** Collects the licence text of every package whose code is inside `dist`, as their licences ask. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

type Bundled = { name: string; version: string; license: string; text: string }

/** Folders of the packages that left at least one byte in the output, sorted. Pure. */
function bundledFolders(meta: Metafile): string[] {
  const used = Object.values(meta.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  )
  return [...new Set(used.map(packageFolder).filter((folder) => folder !== undefined))].sort()
}

function packageFolder(input: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]
}

/** The text of `THIRD-PARTY-LICENSES.txt`. Fails on a package that names no licence: we may not ship that. */
export async function thirdPartyLicenses(meta: Metafile, root: string): Promise<string> {
  const packages = await Promise.all(bundledFolders(meta).map((folder) => readPackage(join(root, folder))))
  const sections = packages.map(
    ({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text.trim()}`,
  )
  const rule = `\n\n${'-'.repeat(80)}\n\n`
  return `The files in this folder contain code of these packages.${rule}${sections.join(rule)}\n`
}

async function readPackage(folder: string): Promise<Bundled> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  if (typeof license !== 'string') throw new Error(`${name} ${version} names no licence, so it cannot be bundled`)
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e|^copying/i.test(entry))
  const text = file
    ? await readFile(join(folder, file), 'utf8')
    : `(${name} ships no licence file; it declares ${license}.)`
  return { name, version, license, text }
}
