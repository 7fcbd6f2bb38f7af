import { describe, expect, test } from 'vitest'
import { aiSdkProvider } from '../../../../src/server/providers/ai-sdk/provider.ts'
import { Fault } from '../../../../src/shared/fault.ts'
import { ask, collect } from '../../../contract/provider.ts'
import { fixture, type VendorReply } from '../../../support/vendor-server.ts'
import { openVendor, serviceAt, testKey, type Vendor, vendors } from './vendors.ts'

const never = new AbortController().signal

async function faultOf(vendor: Vendor, reply: VendorReply): Promise<Fault> {
  await using opened = await openVendor(vendor, () => reply)
  const error = await collect(opened.provider.stream(ask('test-model', 'hello'), never)).catch(
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Fault)) throw new Error('the stream did not fail with a Fault', { cause: error })
  expect(error.remedy).toMatch(/[A-Z].*\.$/)
  expect(`${error.message} ${error.remedy}`).not.toContain(testKey)
  return error
}

/** The error body of each vendor's documentation, with our words in it. */
function errorBody({ api }: Vendor, status: number, message: string, code = 'some_code'): VendorReply {
  const bodies = {
    'openai-responses': { error: { message, type: 'invalid_request_error', param: null, code } },
    'openai-completions': { error: { message, type: 'invalid_request_error', param: null, code } },
    'anthropic-messages': { type: 'error', error: { type: code, message }, request_id: 'req_1' },
    'google-generative-ai': { error: { code: status, message, status: code } },
  }
  return { status, body: JSON.stringify(bodies[api]) }
}

for (const vendor of vendors) {
  const { api, id, label, keyVariable } = vendor
  describe(`a failure at ${id} over ${api} says what to do`, () => {
    test('a refused key names the variable and the configuration key', async () => {
      const fault = await faultOf(vendor, errorBody(vendor, 401, `Incorrect API key provided: ${testKey}`))
      expect(fault.code).toBe('provider.unauthorized')
      expect(fault.message).toBe(`${label} refused the key (401).`)
      expect(fault.remedy).toContain(keyVariable)
      expect(fault.remedy).toContain(`models.providers.${id}.apiKey`)
      expect(fault.retryable).toBe(false)
    })

    test('a missing key is told before any request', async () => {
      await using opened = await openVendor(vendor)
      const { key: _, ...keyless } = serviceAt(vendor, opened.server.url)
      await expect(collect(aiSdkProvider(keyless).stream(ask('test-model', 'hello'), never))).rejects.toMatchObject({
        code: 'provider.unauthorized',
        remedy: expect.stringContaining(keyVariable),
      })
      expect(opened.server.requests).toHaveLength(0)
    })

    test('429 carries how long to wait', async () => {
      const reply = errorBody(vendor, 429, 'Slow down.')
      const fault = await faultOf(vendor, { ...reply, headers: { 'retry-after': '7' } })
      expect(fault).toMatchObject({ code: 'provider.rate-limited', retryable: true, retryAfterMs: 7000 })
      expect(fault.remedy).toContain('7 s')
    })

    test('retry-after may be a date', async () => {
      const headers = { date: 'Tue, 27 Jan 2026 08:00:00 GMT', 'retry-after': 'Tue, 27 Jan 2026 08:00:30 GMT' }
      const fault = await faultOf(vendor, { ...errorBody(vendor, 429, 'Slow down.'), headers })
      expect(fault.retryAfterMs).toBe(30_000)
    })

    test('500 may be tried again', async () => {
      const fault = await faultOf(vendor, errorBody(vendor, 500, 'It broke.'))
      expect(fault).toMatchObject({ code: 'provider.unavailable', retryable: true })
      expect(fault.message).toBe(`${label} failed (500): It broke.`)
    })

    test('a page of HTML instead of an error is not repeated to the reader', async () => {
      const fault = await faultOf(vendor, { status: 502, body: '<html>bad gateway</html>' })
      expect(fault.message).not.toContain('<html>')
    })

    test('what a vendor says is shown without the codes that could drive a terminal', async () => {
      const fault = await faultOf(vendor, errorBody(vendor, 500, 'Über\u001b[2J\nlast'))
      expect(fault.message).toBe(`${label} failed (500): Über [2J last`)
    })

    test('404 names the model', async () => {
      const fault = await faultOf(vendor, errorBody(vendor, 404, 'No such model.'))
      expect(fault.code).toBe('provider.unknown-model')
      expect(fault.message).toContain('test-model')
    })

    test('a conversation that is too long is its own failure', async () => {
      const message = 'prompt is too long: 250000 tokens exceeds the maximum number of tokens'
      const fault = await faultOf(vendor, errorBody(vendor, 400, message, 'context_length_exceeded'))
      expect(fault.code).toBe('provider.context-overflow')
      expect(fault.remedy).toContain('/compact')
    })

    test('an empty stream is a broken one', async () => {
      const fault = await faultOf(vendor, { body: ': nothing follows\n\n' })
      expect(fault).toMatchObject({ code: 'provider.unavailable', retryable: true })
    })

    test('a web page, whole JSON or anything else instead of a stream is told with the address, and not asked for again', async () => {
      const page = "a web page, not with a model's answer. Check the base URL"
      const json =
        'JSON in one piece, not with a stream. Only servers that stream can be used: check the server and the base URL'
      const text = "text/plain, not with a model's answer. Check the base URL"
      for (const [type, body, words] of [
        ['text/html; charset=utf-8', '<!doctype html>\n<p>Welcome', page],
        ['application/json', '{"choices":[{"message":{"role":"assistant","content":"Hello"}}]}', json],
        ['text/plain', 'It runs', text],
      ] as const) {
        const fault = await faultOf(vendor, { body, headers: { 'content-type': type } })
        expect(fault).toMatchObject({ code: 'provider.malformed', retryable: false })
        expect(`${fault.message} ${fault.remedy}`).toMatch(`${label} answered with ${words} http://127.0.0.1:`)
      }
    })

    test('a stream that calls itself something else is read all the same', async () => {
      const body = await fixture(`${api}/answer.sse`)
      await using opened = await openVendor(vendor, () => ({ body, headers: { 'content-type': 'application/json' } }))
      const chunks = await collect(opened.provider.stream(ask('test-model', 'hello'), never))
      expect(chunks.at(-1)).toMatchObject({ type: 'end' })
    })

    test('a stream that ends without its last event is told as cut short', async () => {
      const whole = await fixture(`${api}/answer.sse`)
      const half = whole.slice(0, whole.indexOf('\n\n', whole.indexOf('Hello')) + 2)
      expect((await faultOf(vendor, { body: half })).message).toBe(`${label} broke off in the middle of the answer.`)
    })

    test('a connection cut in mid-stream is told as cut short, after the text that arrived', async () => {
      const whole = await fixture(`${api}/answer.sse`)
      const half = whole.slice(0, whole.indexOf('\n\n', whole.indexOf('Hello')) + 2)
      const fault = await faultOf(vendor, { body: half, ending: 'cut' })
      expect(fault).toMatchObject({ code: 'provider.unavailable', retryable: true })
      expect(fault.message).toBe(`${label} broke off in the middle of the answer.`)
    })

    test('an event that is not JSON is told as unreadable', async () => {
      const fault = await faultOf(vendor, { body: 'event: message\ndata: {"broken\n\n' })
      expect(fault).toMatchObject({ code: 'provider.malformed', retryable: true })
    })

    test('a service that is not there is told with its address', async () => {
      await using opened = await openVendor(vendor)
      const { url } = opened.server
      await opened[Symbol.asyncDispose]()
      const reading = collect(aiSdkProvider(serviceAt(vendor, url)).stream(ask('test-model', 'hello'), never))
      await expect(reading).rejects.toMatchObject({
        code: 'provider.unavailable',
        message: expect.stringContaining(new URL(url).host),
        retryable: true,
      })
    })
  })
}

describe('failures with names of their own', () => {
  const [openai, , anthropic, google] = vendors as [Vendor, Vendor, Vendor, Vendor]

  test('an account without credit is not retried', async () => {
    const fault = await faultOf(openai, errorBody(openai, 429, 'You exceeded your quota.', 'insufficient_quota'))
    expect(fault).toMatchObject({ code: 'provider.rate-limited', retryable: false })
    expect(fault.remedy).toContain('billing')
  })

  test('Anthropic being overloaded in mid-stream may be tried again', async () => {
    const whole = await fixture('anthropic-messages/answer.sse')
    const begun = whole.slice(0, whole.indexOf('\n\n', whole.indexOf('Hello')) + 2)
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const fault = await faultOf(anthropic, { body: `${begun}event: error\ndata: ${JSON.stringify(overloaded)}\n\n` })
    expect(fault).toMatchObject({ code: 'provider.unavailable', retryable: true })
    expect(fault.message).toBe('Anthropic failed (529): Overloaded')
  })

  test('Google says 400 to a wrong key', async () => {
    const fault = await faultOf(google, errorBody(google, 400, 'API key not valid. Please pass a valid API key.'))
    expect(fault.code).toBe('provider.unauthorized')
  })

  test('Google tells how long to wait in the body', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }]
    const body = JSON.stringify({ error: { code: 429, message: 'Quota', status: 'RESOURCE_EXHAUSTED', details } })
    expect((await faultOf(google, { status: 429, body })).retryAfterMs).toBe(34_000)
  })
})
