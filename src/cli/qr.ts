/** A QR code as lines of half blocks, two rows of modules a line. Pure. */

import { encode } from 'uqr'

/** Light modules around it; ISO/IEC 18004 asks for four. */
const quietModules = 4

/**
 * `isColored` paints it dark on light, whatever the terminal's own colors. Without colors light is drawn, as most
 * terminals are dark; phones read it on a light one too.
 */
export function qrLines(text: string, isColored: boolean): string[] {
  const { data } = encode(text, { ecc: 'L', border: quietModules })
  const isDrawn = (row: number, column: number): boolean => (data[row]?.[column] ?? false) === isColored
  return Array.from({ length: Math.ceil(data.length / 2) }, (_, line) => {
    const cells = Array.from({ length: data.length }, (_, column) => {
      const isUpper = isDrawn(2 * line, column)
      const isLower = isDrawn(2 * line + 1, column)
      return isUpper ? (isLower ? '█' : '▀') : isLower ? '▄' : ' '
    }).join('')
    return isColored ? `\u001b[30;107m${cells}\u001b[0m` : cells
  })
}
