/** The hosted vendors we know by name: where they are, which variables hold their keys, and a short list of their models. */

import type { Api } from './ai-sdk/sdk.ts'

export type Vendor = {
  id: string
  /** As people call it. */
  label: string
  api: Api
  baseUrl: string
  /** Environment variables that hold its key; the first one that is set counts, and the first is the one we name. */
  keyVariables: readonly [string, ...string[]]
  /** Enough to choose from; any other model of the vendor can be named as well. */
  models: readonly { id: string; name: string; contextWindow: number; reasoning: boolean; input: string[] }[]
}

const both = ['text', 'image']

export const hostedVendors: readonly Vendor[] = [
  {
    id: 'openai',
    label: 'OpenAI',
    api: 'openai-responses',
    baseUrl: 'https://api.openai.com/v1',
    keyVariables: ['OPENAI_API_KEY'],
    models: [
      { id: 'gpt-5', name: 'GPT-5', contextWindow: 400_000, reasoning: true, input: both },
      { id: 'gpt-5-mini', name: 'GPT-5 mini', contextWindow: 400_000, reasoning: true, input: both },
      { id: 'gpt-4.1', name: 'GPT-4.1', contextWindow: 1_047_576, reasoning: false, input: both },
      { id: 'gpt-4o-mini', name: 'GPT-4o mini', contextWindow: 128_000, reasoning: false, input: both },
    ],
  },
  {
    id: 'anthropic',
    label: 'Anthropic',
    api: 'anthropic-messages',
    baseUrl: 'https://api.anthropic.com/v1',
    keyVariables: ['ANTHROPIC_API_KEY'],
    models: [
      { id: 'claude-sonnet-4-5', name: 'Claude Sonnet 4.5', contextWindow: 200_000, reasoning: true, input: both },
      { id: 'claude-opus-4-5', name: 'Claude Opus 4.5', contextWindow: 200_000, reasoning: true, input: both },
      { id: 'claude-haiku-4-5', name: 'Claude Haiku 4.5', contextWindow: 200_000, reasoning: true, input: both },
    ],
  },
  {
    id: 'google',
    label: 'Google',
    api: 'google-generative-ai',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY', 'GOOGLE_API_KEY'],
    models: [
      { id: 'gemini-2.5-flash', name: 'Gemini 2.5 Flash', contextWindow: 1_048_576, reasoning: true, input: both },
      { id: 'gemini-2.5-pro', name: 'Gemini 2.5 Pro', contextWindow: 1_048_576, reasoning: true, input: both },
    ],
  },
]

/** Model servers people run on the gateway host, on the ports they use unless told otherwise. */
export const localServers: readonly { id: string; label: string; baseUrl: string }[] = [
  { id: 'ollama', label: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { id: 'lmstudio', label: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
  { id: 'llamacpp', label: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
  { id: 'vllm', label: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
]

/** The keys of hosted vendors that an environment holds, whether or not they are used. */
export function vendorKeys(env: Readonly<Record<string, string | undefined>>): string[] {
  return hostedVendors.flatMap(({ keyVariables }) => keyVariables.flatMap((name) => env[name]?.trim() || []))
}
