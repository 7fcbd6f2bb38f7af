import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/tidy-process.ts'],
    isolate: false,
    // Many tests wait for processes, sockets and clocks; some workers more than cores keep the cores busy.
    maxWorkers: availableParallelism() + 3,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
