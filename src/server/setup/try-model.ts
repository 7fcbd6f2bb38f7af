/** Tries a key at the service it is for, by asking for the list of its models: that costs nothing. */

import * as z from 'zod'
import { readAs } from '../../shared/std/read-as.ts'
import type { Secret } from '../../shared/std/secret.ts'
import type { Config } from '../config/schema.ts'
import { hostedVendors } from '../providers/hosted.ts'
import { askService, type HttpAnswer } from './ask.ts'
import type { Tried } from './tried.ts'

export type AskedModel = {
  readonly provider: string
  readonly address: string | undefined
  readonly key: Secret | undefined
}

type Place = { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly label: string }

/** The OpenAI and Anthropic listings have `data[].id`, Google's `models[].name`. */
const listing = z.union([
  z.looseObject({ data: z.array(z.looseObject({ id: z.string().min(1).max(256) })).max(2000) }),
  z.looseObject({ models: z.array(z.looseObject({ name: z.string().min(1).max(256) })).max(2000) }),
])

/** Not for conversations. */
const otherUse =
  /embed|whisper|tts|dall-e|image|moderation|realtime|audio|transcribe|sora|veo|imagen|babbage|davinci|aqa/i

export async function tryModel(
  asked: AskedModel,
  known: { readonly config: Config; readonly env: Readonly<Record<string, string | undefined>> },
  signal: AbortSignal,
): Promise<Tried> {
  const { url, headers, label } = placeOf(asked, known)
  const answer = await askService(url, headers, signal)
  if (answer.kind === 'none') {
    const remedy = 'Look at the address, and at the network.'
    return { ok: false, text: `${label} ${answer.reason}`, remedy, isAddress: asked.address !== undefined }
  }
  return { ...outcomeOf(answer, label, asked), atMs: answer.atMs }
}

function outcomeOf(answer: HttpAnswer & { kind: 'answer' }, label: string, { provider, address }: AskedModel): Tried {
  if (answer.status === 401 || answer.status === 403 || isBadGoogleKey(answer)) {
    return {
      ok: false,
      text: `${label} refused the key (${answer.status})`,
      remedy: 'Copy it again, whole; a revoked one has to be made anew.',
    }
  }
  if (answer.status === 429)
    return { ok: false, text: `${label} is limiting requests (429)`, remedy: 'Wait a minute, and try it again.' }
  const parsed = readAs(listing, answer.body)
  if (answer.status !== 200 || !parsed.success) {
    return {
      ok: false,
      text: `${label} answered, but not with a list of models (${answer.status})`,
      remedy: 'Is the address right? It mostly ends in /v1.',
      isAddress: address !== undefined,
    }
  }
  const models = inOrder(idsIn(parsed.data), provider)
  const count = models.length === 1 ? '1 model' : `${models.length} models`
  return { ok: true, note: `works: ${count}`, models }
}

function placeOf({ provider, address, key }: AskedModel, { config, env }: Parameters<typeof tryModel>[1]): Place {
  const vendor = hostedVendors.find(({ id }) => id === provider)
  const settings = config.models.providers[provider]
  const baseUrl = (address ?? settings?.baseUrl ?? vendor?.baseUrl ?? '').replace(/\/+$/, '')
  const secret =
    key?.reveal() ?? settings?.apiKey ?? vendor?.keyVariables.map((name) => env[name]?.trim()).find(Boolean)
  const label = vendor?.label ?? 'The service'
  const headers = secret ? headersFor(vendor?.api, secret) : {}
  const size =
    vendor?.api === 'google-generative-ai'
      ? '?pageSize=1000'
      : vendor?.api === 'anthropic-messages'
        ? '?limit=1000'
        : ''
  return { url: `${baseUrl}/models${size}`, headers, label }
}

function headersFor(api: string | undefined, key: string): Record<string, string> {
  if (api === 'anthropic-messages') return { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
  return api === 'google-generative-ai' ? { 'x-goog-api-key': key } : { authorization: `Bearer ${key}` }
}

/** Google says so with a 400. */
function isBadGoogleKey({ status, body }: { status: number; body: unknown }): boolean {
  return status === 400 && /API_KEY_INVALID|API key not valid/i.test(JSON.stringify(body) ?? '')
}

function idsIn(list: z.infer<typeof listing>): string[] {
  const ids = 'data' in list ? (list.data as { id: string }[]).map(({ id }) => id) : []
  const names =
    'models' in list ? (list.models as { name: string }[]).map(({ name }) => name.replace(/^models\//, '')) : []
  return [...ids, ...names]
}

/** Those we would propose first, then the others by name; without the ones nobody can talk to, unless that leaves none. */
function inOrder(ids: readonly string[], provider: string): string[] {
  const proposed = hostedVendors.find(({ id }) => id === provider)?.models.map(({ id }) => id) ?? []
  const usable = ids.filter((id) => !otherUse.test(id))
  const all = [...new Set(usable.length > 0 ? usable : ids)]
  const cheap = (id: string) => (/mini|haiku|flash/.test(id) ? 0 : 1)
  const first = proposed.filter((id) => all.includes(id)).toSorted((a, b) => cheap(a) - cheap(b))
  return [...first, ...all.filter((id) => !first.includes(id)).toSorted()]
}
