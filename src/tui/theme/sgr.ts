/** A color as SGR parameters, at the depth that the terminal has. ECMA-48 §8.3.117, and ISO 8613-6 for 38 and 48. */
import type { Color, ColorDepth } from './tokens.ts'

/** `38;2;…` for a foreground, `48;…` for a background; empty for the terminal's own color. */
export function colorSgr(color: Color, depth: ColorDepth, ground: 'foreground' | 'background'): string {
  if (color === 'default' || depth === 'none') return ''
  const base = ground === 'background' ? 10 : 0
  if (typeof color === 'number') return String((color < 8 ? 30 + color : 82 + color) + base)
  const [red, green, blue] = parseHex(color)
  if (depth === 'truecolor') return `${38 + base};2;${red};${green};${blue}`
  if (depth === '256') return `${38 + base};5;${nearest256(red, green, blue)}`
  return ''
}

/** `#rrggbb` → 0–255 each. */
export function parseHex(hex: string): [red: number, green: number, blue: number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

const cubeSteps = [0, 95, 135, 175, 215, 255]

/** The nearest of the 6×6×6 cube and the gray ramp of xterm's 256 colors. */
export function nearest256(red: number, green: number, blue: number): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map(nearestStep)
  const gray = Math.max(0, Math.min(23, Math.round(((red + green + blue) / 3 - 8) / 10)))
  const cube = distance([red, green, blue], [cubeSteps[r] ?? 0, cubeSteps[g] ?? 0, cubeSteps[b] ?? 0])
  const ramp = distance([red, green, blue], [8 + gray * 10, 8 + gray * 10, 8 + gray * 10])
  return ramp < cube ? 232 + gray : 16 + 36 * r + 6 * g + b
}

function nearestStep(value: number): number {
  let best = 0
  for (const [index, step] of cubeSteps.entries()) {
    if (Math.abs(step - value) < Math.abs((cubeSteps[best] ?? 0) - value)) best = index
  }
  return best
}

function distance(a: number[], b: number[]): number {
  return a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0)
}
