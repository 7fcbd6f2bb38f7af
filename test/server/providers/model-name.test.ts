import { describe, expect, test } from 'vitest'
import { type KnownNames, parseModelName, resolveModelName } from '../../../src/server/providers/model-name.ts'

const known: KnownNames = {
  providers: ['openai', 'anthropic', 'ollama', 'openrouter', 'builtin'],
  aliases: { fast: 'openai:gpt-4o-mini', loop: 'loop' },
  models: ['openai:gpt-4o-mini', 'anthropic:claude-sonnet-4-5', 'ollama:shared', 'openrouter:shared', 'builtin:guide'],
}

describe('a model name means', () => {
  test.each<[string, string, string]>([
    ['openai:gpt-4o-mini', 'openai', 'gpt-4o-mini'],
    ['openai/gpt-4o-mini', 'openai', 'gpt-4o-mini'],
    [' OpenAI:gpt-4o-mini ', 'openai', 'gpt-4o-mini'],
    ['openai:a-model-nobody-listed', 'openai', 'a-model-nobody-listed'],
    ['ollama:llama3.2:3b', 'ollama', 'llama3.2:3b'],
    ['ollama/llama3.2:3b', 'ollama', 'llama3.2:3b'],
    ['openrouter/meta-llama/llama-3:free', 'openrouter', 'meta-llama/llama-3:free'],
    ['openrouter:meta-llama/llama-3', 'openrouter', 'meta-llama/llama-3'],
    ['fast', 'openai', 'gpt-4o-mini'],
    ['claude-sonnet-4-5', 'anthropic', 'claude-sonnet-4-5'],
  ])('%j is %s and %s', (text, provider, model) => {
    expect(parseModelName(text, known)).toEqual({ ok: true, ref: { provider, model } })
  })
})

describe('a name that means nothing says so', () => {
  test.each<[string, string, string | undefined]>([
    ['opneai:gpt-4o-mini', 'There is no provider opneai', 'openai:gpt-4o-mini'],
    ['gpt-4o-mni', 'There is no model gpt-4o-mni', 'openai:gpt-4o-mini'],
    ['shared', 'Several providers have a model shared', 'ollama:shared'],
    ['openai:', 'There is no model openai:', undefined],
    ['loop', 'There is no model loop', 'loop'],
    ['', 'No model is named', undefined],
    ['constructor', 'There is no model constructor', undefined],
  ])('%j: %s', (text, reason, suggestion) => {
    expect(parseModelName(text, known)).toEqual({ ok: false, reason, ...(suggestion && { suggestion }) })
  })

  test('as a fault it gives the form to write', () => {
    expect(() => resolveModelName('opneai:x', known)).toThrow('There is no provider opneai; did you mean openai:x?')
  })
})
