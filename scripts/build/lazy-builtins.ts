/** Lets `ws` load Node's `zlib`, `https` and `tls` when it first uses one, which we hardly ever make it do. */
import type { Plugin } from 'esbuild'

/** We never compress, and the tunnel does its own TLS. Loading them takes 15 ms of CPU, a sixth of `clawdbot health`. */
const seldomUsed = /^(zlib|https|tls)$/

export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: seldomUsed }, ({ path, kind, importer }) =>
      kind === 'require-call' && /[\\/]node_modules[\\/]ws[\\/]/.test(importer)
        ? { path, namespace: 'lazy-builtin' }
        : undefined,
    )
    build.onLoad({ filter: seldomUsed, namespace: 'lazy-builtin' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, key) => process.getBuiltinModule('node:${path}')[key] })`,
    }))
  },
}
