/** What a tunnel needs while it opens, for tests: nobody to ask, nothing from the environment. */

import { systemClock } from '../../src/shared/std/clock.ts'
import { noPrompts } from '../../src/tunnel/prompts.ts'
import type { TunnelContext } from '../../src/tunnel/tunnel.ts'

export function tunnelContext(parts: Partial<TunnelContext> = {}): TunnelContext {
  const signal = new AbortController().signal
  return { clock: systemClock, signal, prompts: noPrompts, onLayer: () => {}, env: {}, home: '/nonexistent', ...parts }
}
