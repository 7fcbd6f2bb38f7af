/** Which theme fits this terminal: a pure decision from its environment and its answers. */
import type { ColorDepth, ThemeName } from './tokens.ts'

/** The variables that say something about color. */
export type ColorEnv = Readonly<
  Partial<
    Record<'NO_COLOR' | 'FORCE_COLOR' | 'COLORTERM' | 'COLORFGBG' | 'TERM' | 'TERM_PROGRAM' | 'WT_SESSION', string>
  >
>

/** What the terminal answered, once it has: its background (OSC 11), or its desktop's scheme (mode 2031). */
export type ColorReplies = {
  background?: { red: number; green: number; blue: number }
  scheme?: 'dark' | 'light'
}

export type Detected = { theme: ThemeName; depth: ColorDepth }

/**
 * A dark or light theme only where the background is known and there are colors to choose from; else the terminal's own
 * sixteen colors, which suit either.
 */
export function detectTheme(env: ColorEnv, replies: ColorReplies = {}): Detected {
  const depth = detectDepth(env)
  if (depth === 'none') return { theme: 'none', depth }
  const scheme = detectScheme(env, replies)
  if (depth === '16' || scheme === undefined) return { theme: 'ansi16', depth }
  return { theme: scheme, depth }
}

/** How many colors. `NO_COLOR` counts when it is not empty; `FORCE_COLOR=0` says the same. */
function detectDepth(env: ColorEnv): ColorDepth {
  if (env.NO_COLOR || env.TERM === 'dumb') return 'none'
  if (env.FORCE_COLOR === '0' || env.FORCE_COLOR === 'false') return 'none'
  if (/truecolor|24bit/i.test(env.COLORTERM ?? '') || env.WT_SESSION || /direct/.test(env.TERM ?? ''))
    return 'truecolor'
  if (/kitty|ghostty|alacritty|wezterm|foot/.test(env.TERM ?? '')) return 'truecolor'
  if (/256/.test(env.TERM ?? '') || env.TERM_PROGRAM === 'Apple_Terminal') return '256'
  return '16'
}

/** The answer of the terminal outweighs COLORFGBG, which a multiplexer or an SSH session may have carried along. */
function detectScheme(env: ColorEnv, replies: ColorReplies): 'dark' | 'light' | undefined {
  const { background, scheme } = replies
  if (background) return luminance(background) > 0.4 ? 'light' : 'dark'
  if (scheme) return scheme
  const index = /;(\d+)$/.exec(env.COLORFGBG ?? '')?.[1]
  if (index === undefined) return undefined
  return Number(index) === 7 || Number(index) === 15 ? 'light' : 'dark'
}

/** Relative luminance, 0 to 1. WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
export function luminance({ red, green, blue }: { red: number; green: number; blue: number }): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
