/** Mouse reports, in the X10 form (three bytes) and the SGR form (`CSI < button ; column ; row M|m`). */
import type { InputEvent, MouseEvent } from './event.ts'

/** The SGR form. `final` is `M` for a press and `m` for a release. */
export function decodeMouse(parameters: string, final: string): InputEvent | undefined {
  const [code, column, row] = parameters.split(';').map(Number)
  if (code === undefined || column === undefined || row === undefined) return undefined
  if (!(code >= 0 && column >= 1 && row >= 1)) return undefined
  return report(code, column, row, final === 'm')
}

/** The X10 form: each byte is its number plus 32. Which button was released is not told. */
export function decodeX10Mouse(bytes: Uint8Array): InputEvent {
  const [code = 0, column = 0, row = 0] = Array.from(bytes, (byte) => byte - 32)
  return report(code, column, row, (code & 3) === 3 && (code & 64) === 0)
}

function report(code: number, column: number, row: number, isRelease: boolean): MouseEvent {
  const buttons = ['left', 'middle', 'right', 'none'] as const
  const isWheel = (code & 64) > 0
  return {
    kind: 'mouse',
    action: isWheel ? (code & 1 ? 'wheel-down' : 'wheel-up') : isRelease ? 'release' : code & 32 ? 'move' : 'press',
    button: isWheel ? 'none' : (buttons[code & 3] ?? 'none'),
    column,
    row,
    shift: (code & 4) > 0,
    alt: (code & 8) > 0,
    ctrl: (code & 16) > 0,
  }
}
