/** Styles that every part of the screen shares. Constants, so that a painted row is found again by identity. */

import type { Style } from '../span.ts'

export const muted: Style = { color: 'muted' }
export const strong: Style = { bold: true }
export const accent: Style = { color: 'accent' }
export const accentStrong: Style = { color: 'accent', bold: true }
export const success: Style = { color: 'success' }
export const warning: Style = { color: 'warning' }
export const danger: Style = { color: 'danger' }
export const border: Style = { color: 'border' }
export const toolName: Style = { color: 'tool', bold: true }
export const userMark: Style = { color: 'user', bold: true }
export const thought: Style = { color: 'muted', italic: true }
export const chosen: Style = { background: 'selection', bold: true }
export const chosenMuted: Style = { background: 'selection' }
