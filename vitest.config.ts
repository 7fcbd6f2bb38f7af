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
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A poll that finds what it looks for costs nothing more; its own second is too short on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
})
