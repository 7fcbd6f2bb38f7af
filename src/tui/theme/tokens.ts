/** Colors by meaning. Screens name what a thing is; a theme says how that looks. */

export const tokens = [
  ...(['text', 'muted', 'accent', 'success', 'warning', 'danger'] as const),
  ...(['user', 'assistant', 'tool', 'code', 'selection', 'border'] as const),
] as const

export type Token = (typeof tokens)[number]

/** `default` is the terminal's own; a number is one of its 16 colors; else `#rrggbb`. */
export type Color = 'default' | number | `#${string}`

/** What a theme is. `selection` is a background, drawn under `text`; every other token is a foreground. */
export type Theme = { readonly name: ThemeName; readonly colors: Readonly<Record<Token, Color>> }

export type ThemeName = 'dark' | 'light' | 'ansi16' | 'none'

/** How many colors the terminal can show. */
export type ColorDepth = 'none' | '16' | '256' | 'truecolor'
