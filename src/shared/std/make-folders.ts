/** Makes a folder and those above it that are missing, one by one. Pure but for what it is given. */

type FileSystem = {
  readonly mkdirSync: (path: string, options: { mode: number }) => unknown
  readonly statSync: (path: string, options: { throwIfNoEntry: false }) => { isDirectory(): boolean } | undefined
  readonly dirname: (path: string) => string
}

/**
 * Each with mode 0700. Node's own `recursive` never ends where a folder that is there takes none, as `/proc` does: it asks
 * for the one above again and again.
 */
export function makeFolders(path: string, fs: FileSystem): void {
  try {
    makeOne(path, fs)
  } catch (error) {
    const above = fs.dirname(path)
    if ((error as { code?: unknown }).code !== 'ENOENT' || above === path) throw error
    makeFolders(above, fs)
    makeOne(path, fs)
  }
}

function makeOne(path: string, fs: FileSystem): void {
  try {
    fs.mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (!fs.statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}
