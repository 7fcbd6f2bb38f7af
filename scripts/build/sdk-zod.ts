/** Gives the model SDKs a zod of their own: they use all of it, and what they use every line command would have to load. */
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import { lightened } from './lighten.ts'

/** The suffix makes it another module; `pluginData` hands that on to whatever the module imports. */
const theirs = { suffix: '?sdk', pluginData: 'sdk', sideEffects: false } as const

export const sdkZod: Plugin = {
  name: 'sdk-zod',
  setup(build) {
    build.onResolve({ filter: /^zod(\/|$)/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === 'asked' || !/[\\/]node_modules[\\/](@ai-sdk|ai)[\\/]/.test(importer)) return undefined
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: 'asked' })
      return { path: found.path, ...theirs }
    })
    build.onResolve({ filter: /^\./ }, ({ path, importer, pluginData }) =>
      pluginData === 'sdk' ? { path: join(dirname(importer), path), ...theirs } : undefined,
    )
    build.onLoad({ filter: /[\\/]zod[\\/]/ }, async ({ path, pluginData }) =>
      pluginData === 'sdk' ? { contents: await lightened(path), pluginData, resolveDir: dirname(path) } : undefined,
    )
  },
}
