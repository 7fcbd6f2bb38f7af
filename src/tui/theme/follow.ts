/** The theme follows what the terminal answers, also later when its desktop turns dark or light. */

import type { Reply } from '../input/event.ts'
import { type ColorEnv, type ColorReplies, detectTheme } from './detect.ts'
import type { ColorDepth, ThemeName } from './tokens.ts'

export function followColors(
  env: Readonly<Record<string, string | undefined>>,
  use: (theme: ThemeName, depth: ColorDepth) => void,
): { hear(reply: Reply): void } {
  let replies: ColorReplies = {}
  const apply = (): void => {
    const { theme, depth } = detectTheme(env as ColorEnv, replies)
    use(theme, depth)
  }
  apply()
  return {
    hear(reply) {
      if (reply.of === 'color' && reply.target === 'background') replies = { ...replies, background: reply }
      else if (reply.of === 'color-scheme') replies = { scheme: reply.scheme }
      else return
      apply()
    },
  }
}
