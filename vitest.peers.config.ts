import { defineConfig } from 'vitest/config'

/** The real programs of the ecosystem against ours. Downloads about 900 packages once, so it is not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/peers/**/*.peer.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 30_000 } },
  },
})
