import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', development: false } },
  test: {
    // React as it ships; its other build makes an error for every element drawn, an eighth of the time of the screen's tests.
    // Programs of the tests in TypeScript take 20 ms to start when they are compiled already, else 75.
    env: {
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/clawdbot-tests/node'),
    },
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
