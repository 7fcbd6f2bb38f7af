/** Rows of styled spans: what layout makes and paint.ts turns into ANSI. A style names meanings, never colors. */
import type { Token } from '../theme/tokens.ts'

export type Style = {
  readonly color?: Token
  readonly background?: Token
  readonly bold?: boolean
  readonly italic?: boolean
  readonly underline?: boolean
  readonly strike?: boolean
  readonly inverse?: boolean
}

/** Text in one style. Holds no control character and no line end once it is in a row. */
export type Span = { readonly text: string; readonly style?: Style }

/** One row of the screen. */
export type Row = readonly Span[]

export const plain = (text: string, style?: Style): Span => (style ? { text, style } : { text })

/** The text of a row, as it is copied or searched. */
export const rowText = (row: Row): string => row.map((span) => span.text).join('')
