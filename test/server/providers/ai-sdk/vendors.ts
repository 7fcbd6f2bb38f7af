/** The four wire formats under test, each with a provider that talks to a local server. */

import { aiSdkProvider, type Service } from '../../../../src/server/providers/ai-sdk/provider.ts'
import type { Api } from '../../../../src/server/providers/ai-sdk/sdk.ts'
import type { Provider } from '../../../../src/server/providers/provider.ts'
import { Secret } from '../../../../src/shared/std/secret.ts'
import {
  fixture,
  type VendorReply,
  type VendorRequest,
  type VendorServer,
  vendorServer,
} from '../../../support/vendor-server.ts'

export type Vendor = {
  api: Api
  id: string
  label: string
  path: string
  keyHeader: [string, string]
  keyVariable: string
}

/** No real key: a word the tests can look for. */
export const testKey = 'key-for-tests'

export const vendors: readonly Vendor[] = [
  {
    api: 'openai-responses',
    id: 'openai',
    label: 'OpenAI',
    path: '/v1/responses',
    keyHeader: ['authorization', `Bearer ${testKey}`],
    keyVariable: 'OPENAI_API_KEY',
  },
  {
    api: 'openai-completions',
    id: 'mine',
    label: 'mine',
    path: '/v1/chat/completions',
    keyHeader: ['authorization', `Bearer ${testKey}`],
    keyVariable: 'MINE_API_KEY',
  },
  {
    api: 'anthropic-messages',
    id: 'anthropic',
    label: 'Anthropic',
    path: '/v1/messages',
    keyHeader: ['x-api-key', testKey],
    keyVariable: 'ANTHROPIC_API_KEY',
  },
  {
    api: 'google-generative-ai',
    id: 'google',
    label: 'Google',
    path: '/v1/models/test-model:streamGenerateContent?alt=sse',
    keyHeader: ['x-goog-api-key', testKey],
    keyVariable: 'GEMINI_API_KEY',
  },
]

export function serviceAt({ api, id, label, keyVariable }: Vendor, url: string): Service {
  const models = async () => [{ id: 'test-model', name: 'test-model', provider: id }]
  const key = new Secret(testKey)
  return { api, id, label, keyVariable, key, baseUrl: `${url}/v1`, needsKey: true, models }
}

export type OpenVendor = AsyncDisposable & { provider: Provider; model: string; server: VendorServer }

export async function openVendor(
  vendor: Vendor,
  answer: (request: VendorRequest) => VendorReply | Promise<VendorReply> = (request) => converse(vendor, request),
): Promise<OpenVendor> {
  const server = await vendorServer(answer)
  return {
    provider: aiSdkProvider(serviceAt(vendor, server.url)),
    model: 'test-model',
    server,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** What the contract asks for: `run uptime` calls the tool, anything else and its result are answered in words. */
async function converse({ api }: Vendor, { body }: VendorRequest): Promise<VendorReply> {
  const said = JSON.stringify(body)
  const wantsTool = said.includes('run uptime') && !said.includes('up 3 days')
  return { body: await fixture(`${api}/${wantsTool ? 'tool-call' : 'answer'}.sse`) }
}
