/** What went wrong at a vendor, as a `Fault` whose remedy says what to do. */

import { Fault } from '../../../shared/fault.ts'
import { parseJson } from '../../../shared/std/json.ts'
import type { Secret } from '../../../shared/std/secret.ts'
import { ellipsize } from '../../../shared/std/text.ts'
import { isLoopback } from '../loopback.ts'

/** What a sentence about a failure needs to know of the service. */
export type VendorFacts = {
  id: string
  /** As people call it: `OpenAI`. */
  label: string
  model: string
  baseUrl: string
  /** Where a key comes from: `OPENAI_API_KEY`; none for a service that has no usual variable. */
  keyVariable?: string
  key?: Secret
  /** Headers the configuration adds; their values are secrets as well. */
  headers?: Readonly<Record<string, string>>
}

/** Fields of the AI SDK's `APICallError`, and of the error objects vendors put into a stream. */
type CallFailure = {
  statusCode?: number
  responseHeaders?: Record<string, string>
  responseBody?: string
  message?: unknown
  cause?: unknown
  type?: unknown
  code?: unknown
}

const chooseAnother = 'choose another model with /model'

/** Never a bug report: anything thrown while talking to a vendor is about the vendor or the way to it. */
export function toFault(error: unknown, vendor: VendorFacts): Fault {
  if (error instanceof Fault) return error
  const failure: CallFailure = typeof error === 'object' && error !== null ? error : { message: String(error) }
  const said = saidBy(failure, vendor)
  const status = failure.statusCode ?? statusOfType(failure)
  const fault = status === undefined ? undefined : httpFault(status, failure, said, vendor)
  if (fault) return fault
  if (hasBrokenOff(error, status)) return cutShort(vendor.label, error)
  if (!(error instanceof Error)) return failed(`${vendor.label} failed${said ? `: ${said}` : '.'}`, vendor, error)
  const isCall = error.name === 'AI_APICallError' && !isMalformed(error)
  return isCall ? unreachable(vendor, reasonOf(error), error) : malformed(vendor.label, 'part of its answer', error)
}

function httpFault(status: number, failure: CallFailure, said: string, vendor: VendorFacts): Fault | undefined {
  const { label } = vendor
  const text = `${said} ${failure.responseBody ?? ''}`.toLowerCase()
  const more = said ? `: ${said}` : '.'
  const options = { cause: failure, details: { status, provider: vendor.id } }
  if (status === 401 || status === 403 || /api key not valid|api_key_invalid/.test(text))
    return new Fault('provider.unauthorized', `${label} refused the key (${status}).`, {
      ...options,
      remedy: keyRemedy(vendor),
    })
  if (status === 402 || /insufficient_quota|credit balance is too low/.test(text))
    return new Fault('provider.rate-limited', `${label} says the account has no credit left (${status}).`, {
      ...options,
      remedy: `Check plan and billing at ${label}, or ${chooseAnother}.`,
    })
  if (status === 429) {
    const retryAfterMs = retryAfter(failure)
    return new Fault('provider.rate-limited', `${label} is limiting requests (429)${more}`, {
      ...options,
      retryable: true,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      remedy: `Wait ${retryAfterMs === undefined ? 'a moment' : `${Math.ceil(retryAfterMs / 1000)} s`} and send it again, or ${chooseAnother}.`,
    })
  }
  if (
    status === 413 ||
    /context_length_exceeded|prompt is too long|maximum context|exceeds? the (?:context|maximum number of tokens)/.test(
      text,
    )
  )
    return new Fault('provider.context-overflow', `The conversation is too long for ${vendor.model} (${status}).`, {
      ...options,
      remedy: 'Send /compact to shorten it, /new to start afresh, or choose a model with a larger context.',
    })
  if (status === 404 || /model_not_found|model .{0,80}(?:not found|does not exist)/.test(text))
    return new Fault('provider.unknown-model', `${label} does not know the model ${vendor.model} (${status})${more}`, {
      ...options,
      remedy: `See /models for what there is, and check the base URL ${vendor.baseUrl}.`,
    })
  if (status >= 300 && status < 400)
    return new Fault('provider.unavailable', `${label} sends requests to ${placeIn(failure)} (${status}).`, {
      ...options,
      remedy: `Nothing was sent there. If it is right, set models.providers.${vendor.id}.baseUrl to it.`,
    })
  if (status === 408 || status === 409 || status === 425 || status >= 500)
    return failed(`${label} failed (${status})${more}`, vendor, failure, retryAfter(failure))
  if (status >= 400)
    return new Fault('provider.malformed', `${label} did not accept the request (${status})${more}`, {
      ...options,
      remedy: `Send /new to start without this history, or ${chooseAnother}.`,
    })
  return undefined
}

/** Where a redirect points, without what may be a secret in it. */
function placeIn({ responseHeaders }: CallFailure): string {
  const url = URL.parse(responseHeaders?.location ?? '')
  return url ? ellipsize(`${url.origin}${url.pathname}`, 200) : 'another address'
}

function failed(message: string, { label }: VendorFacts, cause: unknown, retryAfterMs?: number): Fault {
  return new Fault('provider.unavailable', message, {
    cause,
    retryable: true,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    remedy: `It is a failure at ${label}; send it again later, or ${chooseAnother}.`,
  })
}

function keyRemedy({ id, keyVariable, key }: VendorFacts): string {
  const inConfig = `models.providers.${id}.apiKey`
  const places = keyVariable
    ? `${keyVariable} in the gateway's environment, or ${inConfig} in its configuration`
    : inConfig
  return key ? `Set a valid key: ${places}.` : `It wants a key: set ${places}.`
}

/** Before any request: a hosted service without a key. */
export function keyMissing(vendor: VendorFacts): Fault {
  return new Fault('provider.unauthorized', `There is no key for ${vendor.label}.`, { remedy: keyRemedy(vendor) })
}

/** Before any request: a service of the configuration that nobody can call. */
export function addressMissing({ id }: VendorFacts): Fault {
  return new Fault('config.invalid', `The provider ${id} has no usable base URL.`, {
    remedy: `Set models.providers.${id}.baseUrl, for example "http://127.0.0.1:11434/v1".`,
  })
}

export function cutShort(label: string, cause?: unknown): Fault {
  return new Fault('provider.unavailable', `${label} broke off in the middle of the answer.`, {
    retryable: true,
    remedy: `Send it again, or ${chooseAnother}.`,
    cause,
    details: { brokeOff: true },
  })
}

/**
 * What a stream that broke off before its first word was: where the service answered with no event stream, the address
 * leads elsewhere or the server does not stream, and asking again changes nothing.
 */
export function unheard(fault: Fault, contentType: string | undefined, { label, baseUrl }: VendorFacts): Fault {
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(contentType?.trim().toLowerCase() ?? '')?.[0]
  if (fault.details?.brokeOff !== true || type === 'text/event-stream') return fault
  const [what, remedy] = strangeAnswer(type)
  return new Fault('provider.malformed', `${label} answered with ${what}.`, {
    remedy: `${remedy} the base URL ${baseUrl}, or ${chooseAnother}.`,
    cause: fault,
  })
}

function strangeAnswer(type: string | undefined): [what: string, remedy: string] {
  switch (type) {
    case undefined:
      return ["nothing that is a model's answer", 'Check']
    case 'text/html':
      return ["a web page, not with a model's answer", 'Check']
    case 'application/json':
      return ['JSON in one piece, not with a stream', 'Only servers that stream can be used: check the server and']
    default:
      return [`${ellipsize(type, 60)}, not with a model's answer`, 'Check']
  }
}

export function filtered(label: string): Fault {
  return new Fault('provider.unavailable', `${label} withheld this answer (its content filter).`, {
    remedy: `Put it in other words, or ${chooseAnother}.`,
  })
}

export function malformed(label: string, what: string, cause?: unknown): Fault {
  return new Fault('provider.malformed', `${label} sent something unreadable: ${what}.`, {
    retryable: true,
    remedy: `Send it again, or ${chooseAnother}.`,
    cause,
  })
}

function unreachable({ label, baseUrl }: VendorFacts, reason: string, cause: unknown): Fault {
  const { host } = new URL(baseUrl)
  return new Fault('provider.unavailable', `${label} cannot be reached at ${host}${reason ? ` (${reason})` : ''}.`, {
    retryable: true,
    remedy: isLoopback(baseUrl)
      ? `Start ${label} on the gateway host, or ${chooseAnother}.`
      : `Check the gateway's network and the base URL ${baseUrl}, or ${chooseAnother}.`,
    cause,
  })
}

/** The vendor's own sentence, cut short, without control characters and without the secrets that some vendors echo. */
function saidBy(failure: CallFailure, { key, headers = {} }: VendorFacts): string {
  const body = /^\s*\{/.test(failure.responseBody ?? '') ? messageIn(failure.responseBody ?? '') : undefined
  const message = body ?? (typeof failure.message === 'string' ? failure.message : '')
  const secrets = [...(key ? [key.reveal()] : []), ...Object.values(headers)].filter((secret) => secret !== '')
  const safe = secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), message)
  return ellipsize(safe.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim(), 300)
}

/** The first `message` of an error body, wherever the vendor puts it. */
function messageIn(body: string): string | undefined {
  const literal = /"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(body)?.[1]
  const parsed = literal ? parseJson(literal) : undefined
  return parsed?.ok ? String(parsed.value) : undefined
}

/** Anthropic reports failures in mid-stream by name. https://docs.anthropic.com/en/api/errors */
const statusOfName: Readonly<Record<string, number>> = {
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  api_error: 500,
  server_error: 500,
  overloaded_error: 529,
}

function statusOfType({ type, code }: CallFailure): number | undefined {
  if (typeof code === 'number' && code >= 400) return code
  return statusOfName[String(type)] ?? statusOfName[String(code)]
}

/** `retry-after-ms`, `retry-after` in seconds or as a date, or the delay in the body of Google's errors. */
function retryAfter({ responseHeaders = {}, responseBody = '' }: CallFailure): number | undefined {
  const ms = Number.parseFloat(responseHeaders['retry-after-ms'] ?? '')
  if (ms >= 0) return ms
  const header = responseHeaders['retry-after']
  if (header && /^\d/.test(header)) return Number.parseFloat(header) * 1000
  // A date counts from the vendor's own clock, which came along.
  if (header) {
    const waitMs = Date.parse(header) - Date.parse(responseHeaders.date ?? '')
    return waitMs >= 0 ? waitMs : undefined
  }
  const delay = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(responseBody)?.[1]
  return delay ? Number(delay) * 1000 : undefined
}

/** A failure after a good status line is one of the stream. */
function hasBrokenOff(error: unknown, status: number | undefined): boolean {
  if (error instanceof Error && /without a finish reason|^terminated$/.test(error.message)) return true
  return status !== undefined && status < 300 && !isMalformed(error)
}

function isMalformed(error: unknown): boolean {
  return chain(error).some(({ name }) => /JSONParse|TypeValidation|InvalidResponseData/.test(name))
}

/** The innermost sentence: the outer ones say only that fetching failed. */
function reasonOf(error: unknown): string {
  const innermost = chain(error).at(-1)
  if (!innermost) return ''
  const code = 'code' in innermost && typeof innermost.code === 'string' ? innermost.code : ''
  return ellipsize(code || innermost.message, 200)
}

/** The error and what caused it, outermost first. */
function chain(error: unknown): Error[] {
  const errors: Error[] = []
  for (let at = error; at instanceof Error && errors.length < 10; at = at.cause) errors.push(at)
  return errors
}
