/** Bytes to the parsers of frames: ours reads strangers, and our client reads a gateway that may be hostile. */

import { parseRequest, parseServerFrame } from '../../src/shared/protocol/frame.ts'
import { type Fuzzing, failure, inputs, withoutThrowing } from './corpus.ts'

export function fuzzFrames(fuzzing: Fuzzing): void {
  for (const input of inputs('frames', fuzzing)) {
    const result = withoutThrowing('frames', input, parseRequest)
    if (result.kind === 'request' && (typeof result.frame.method !== 'string' || result.frame.id === '')) {
      throw failure('frames', input, 'passed as a request without method or id')
    }
    if (result.kind === 'request' && JSON.stringify(result.frame).includes('"__proto__":')) {
      throw failure('frames', input, 'a key __proto__ passed')
    }
    withoutThrowing('frames', input, parseServerFrame)
  }
}
