/** The AI SDK's language model as we use it: its types by our names, and the one place that loads a vendor's package. */

import type { LanguageModel as AnyModel } from 'ai'
import type { Secret } from '../../../shared/std/secret.ts'

export type SdkModel = Extract<AnyModel, { specificationVersion: 'v4' }>
export type SdkOptions = Parameters<SdkModel['doStream']>[0]
export type SdkPrompt = SdkOptions['prompt']
export type SdkMessage = SdkPrompt[number]
export type SdkPart = Awaited<ReturnType<SdkModel['doStream']>>['stream'] extends ReadableStream<infer P> ? P : never
export type SdkFinish = Extract<SdkPart, { type: 'finish' }>
/** Facts of a vendor about one part, by vendor, such as a signature that must come back unchanged. */
export type SdkMetadata = NonNullable<SdkMessage['providerOptions']>

/** The wire formats we speak; the names are those of the configuration key `models.providers.<id>.api`. */
export type Api = 'openai-completions' | 'openai-responses' | 'anthropic-messages' | 'google-generative-ai'

export type Endpoint = { api: Api; baseUrl: string; key?: Secret; headers?: Readonly<Record<string, string>> }

/** A redirect would carry key, headers and conversation to wherever it points (AU18); it is an answer like any other. */
const stayingThere: typeof fetch = (input, init) => fetch(input, { ...init, redirect: 'manual' })

/** Vendor packages are large, so each is loaded when its first request is made and not before. */
export async function loadModel(endpoint: Endpoint, model: string): Promise<SdkModel> {
  // Key and address are always given: left out, the packages would read them from the environment behind our back.
  const settings = {
    baseURL: endpoint.baseUrl,
    apiKey: endpoint.key?.reveal() ?? '',
    headers: { ...endpoint.headers },
    fetch: stayingThere,
  }
  switch (endpoint.api) {
    case 'openai-responses': {
      const { createOpenAI } = await import('@ai-sdk/openai')
      return createOpenAI(settings).responses(model)
    }
    case 'openai-completions': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      return createOpenAICompatible({ ...settings, name: 'compatible', includeUsage: true }).chatModel(model)
    }
    case 'anthropic-messages': {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return createAnthropic(settings).languageModel(model)
    }
    case 'google-generative-ai': {
      const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
      return createGoogleGenerativeAI(settings).languageModel(model)
    }
  }
}
