/** Bytes to the parsers of frames: ours reads strangers, and our client reads a gateway that may be hostile. */

import { connectParams } from '../../src/shared/protocol/connect.ts'
import { parseRequest, parseServerFrame } from '../../src/shared/protocol/frame.ts'
import { methodTable } from '../../src/shared/protocol/table.ts'
import { parseEvent } from '../../src/shared/rpc/client.ts'
import { wholeVocabulary } from '../../src/shared/rpc/whole-vocabulary.ts'
import { readAs } from '../../src/shared/std/read-as.ts'
import { type Fuzzing, failure, inputs, withoutThrowing } from './corpus.ts'

export function fuzzFrames(fuzzing: Fuzzing): void {
  for (const input of inputs('frames', fuzzing)) {
    const result = withoutThrowing('frames', input, parseRequest)
    if (result.kind === 'request' && (typeof result.frame.method !== 'string' || result.frame.id === '')) {
      throw failure('frames', input, 'passed as a request without method or id')
    }
    if (result.kind === 'request' && hasProtoKey(result.frame)) {
      throw failure('frames', input, 'a key __proto__ passed')
    }
    withoutThrowing('frames', input, readWhole)
  }
}

/** What the gateway makes of the frame as a request, and a client as an event. */
function readWhole(text: string): void {
  const request = parseRequest(text)
  if (request.kind === 'request') {
    const { method, params = {} } = request.frame
    const schema = method === 'connect' ? connectParams() : methodTable.get(method)?.params
    if (schema) readAs(schema, params)
  }
  const frame = parseServerFrame(text)
  if (frame?.type === 'event') parseEvent(wholeVocabulary, frame)
}

/** Whether a key is `__proto__`, at any depth; one that only ends in that is none. */
function hasProtoKey(frame: object): boolean {
  let isThere = false
  JSON.stringify(frame, (key, value) => {
    isThere ||= key === '__proto__'
    return value
  })
  return isThere
}
