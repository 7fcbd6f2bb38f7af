import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const cores = availableParallelism()
const screens = 'test/tui/**/*.test.{ts,tsx}'

/** Every worker loads what its tests are about, so each kind gets the workers it can keep busy, and one kind runs after the other. */
function kind(name: string, more: TestProjectInlineConfiguration['test'] & object): TestProjectInlineConfiguration {
  return {
    oxc: { jsx: { runtime: 'automatic', development: false } },
    test: {
      name,
      // React as it ships; its other build makes an error for every element drawn, an eighth of the time of the screen's tests.
      // Programs of the tests in TypeScript take 20 ms to start when they are compiled already, else 75.
      env: {
        NODE_ENV: 'production',
        NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/clawdbot-tests/node'),
      },
      setupFiles: ['test/support/compile-cache.ts', 'test/support/tidy-process.ts'],
      isolate: false,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      // A poll that finds what it looks for costs nothing more; its own second is too short on a busy machine.
      expect: { poll: { timeout: 10_000 } },
      ...more,
    },
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/support/memory-folder.ts', 'test/support/global-setup.ts'],
    projects: [
      // Drawing waits for nothing. Loading React, Ink and the terminal costs a worker a second and more.
      kind('screens', { include: [screens], maxWorkers: cores, sequence: { groupOrder: 1 } }),
      // Many of these wait for processes, sockets and clocks; some workers more than cores keep the cores busy.
      kind('all else', {
        include: ['test/**/*.test.{ts,tsx}'],
        exclude: [screens],
        // Node takes the types off itself, and keeps what it compiled. It has no way with JSX, so the screens do without.
        experimental: { viteModuleRunner: false },
        maxWorkers: cores + 2,
        sequence: { groupOrder: 0 },
      }),
    ],
  },
})
