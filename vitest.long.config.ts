import { defineConfig } from 'vitest/config'

/** Proofs that take more time than `npm test` has; each has a shorter sister there. CI runs these too. */
export default defineConfig({
  test: {
    include: ['test/**/*.long.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
})
