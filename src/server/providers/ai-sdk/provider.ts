/** One model service behind our port, spoken to through the AI SDK. */

import type { ModelRow } from '../../../shared/protocol/agents.ts'
import { deadline } from '../../../shared/std/signal.ts'
import type { Provider } from '../provider.ts'
import { addressMissing, keyMissing, toFault, unheard, type VendorFacts } from './faults.ts'
import { toChunks } from './parts.ts'
import { callOptions } from './prompt.ts'
import { type Endpoint, loadModel, type SdkModel } from './sdk.ts'

export type Service = Endpoint & {
  id: string
  /** As people call it: `OpenAI`. */
  label: string
  keyVariable?: string
  /** Whether it can be asked without a key at all. */
  needsKey: boolean
  /** What is listed; names not in it can be asked for all the same. */
  models(signal: AbortSignal): Promise<ModelRow[]>
}

/**
 * The last bytes of an answer may come a moment behind its last word, milliseconds: they are waited for, out of sight, so
 * that the next request needs no new connection, which over TLS is three round trips.
 */
const lingerMs = 1_000
/** Models of one service kept ready; more are seldom in use at once. */
const maxReady = 16

export function aiSdkProvider(service: Service): Provider {
  const ready = new Map<string, Promise<SdkModel>>()
  /** A model builds and compiles the schemas of its answers, 1.4 ms each time (bench/turn.ts), so it is made once. */
  const modelOf = (id: string): Promise<SdkModel> => {
    const model = ready.get(id) ?? loadModel(service, id)
    if (ready.size >= maxReady) ready.clear()
    ready.set(id, model)
    return model
  }
  return {
    id: service.id,
    models: service.models,
    async *stream(request, signal) {
      signal.throwIfAborted()
      const vendor = factsOf(service, request.model)
      if (!URL.canParse(service.baseUrl)) throw addressMissing(vendor)
      if (service.needsKey && !service.key) throw keyMissing(vendor)
      // Leaving the stream early closes the request just as the caller's signal does.
      const left = new AbortController()
      let [hasBegun, hasEnded] = [false, false]
      let contentType: string | undefined
      try {
        const model = await modelOf(request.model)
        const { stream, response } = await model.doStream({
          ...callOptions(request, service.id, service.api),
          abortSignal: AbortSignal.any([signal, left.signal]),
        })
        contentType = response?.headers?.['content-type']
        for await (const chunk of toChunks(stream, service.label)) {
          signal.throwIfAborted()
          hasBegun = true
          hasEnded = chunk.type === 'end'
          yield chunk
        }
      } catch (error) {
        signal.throwIfAborted()
        const fault = toFault(error, vendor)
        throw hasBegun ? fault : unheard(fault, contentType, vendor)
      } finally {
        if (hasEnded) deadline(lingerMs).addEventListener('abort', () => left.abort())
        else left.abort()
      }
    },
  }
}

function factsOf({ id, label, baseUrl, keyVariable, key, headers }: Service, model: string): VendorFacts {
  return {
    id,
    label,
    model,
    baseUrl,
    ...(keyVariable && { keyVariable }),
    ...(key && { key }),
    ...(headers && { headers }),
  }
}
