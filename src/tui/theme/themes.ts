/** All themes, by name. */
import { ansi16, none } from './ansi16.ts'
import { dark } from './dark.ts'
import { light } from './light.ts'
import type { Theme, ThemeName } from './tokens.ts'

export const themes: Readonly<Record<ThemeName, Theme>> = { dark, light, ansi16, none }
