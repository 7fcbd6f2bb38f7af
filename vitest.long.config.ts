import { defineConfig } from 'vitest/config'

/** Proofs with more cases, or more whole programs, than `npm test` has time for. CI runs these too. */
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
