import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', development: false } },
  test: {
    // React as it ships; its other build makes an error for every element drawn, an eighth of the time of the screen's tests.
    env: { NODE_ENV: 'production' },
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/tidy-process.ts'],
    isolate: false,
    // Many tests wait for processes, sockets and clocks; some workers more than cores keep the cores busy.
    maxWorkers: availableParallelism() + 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A poll that finds what it looks for costs nothing more; its own second is too short on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
})
