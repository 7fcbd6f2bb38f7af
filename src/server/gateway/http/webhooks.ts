/** Paths at which chat services call: there are none until an account listens that way, and the secret is checked before the body is read (IN12). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorText, Fault } from '../../../shared/fault.ts'
import type { OpenWebhook, WebhookTarget } from '../../channels/webhook-target.ts'
import { sameSecret } from '../admission/auth.ts'
import { readBody } from './body.ts'
import { defineRoute, type Route, sendText } from './route.ts'

/** Telegram's updates are a few kilobytes; files are fetched apart. */
const maxBytes = 1024 * 1024

export class Webhooks {
  readonly #targets = new Map<string, WebhookTarget>()

  readonly open: OpenWebhook = (target, signal) => {
    if (signal.aborted) return
    this.#targets.set(target.path, target)
    const close = () => {
      if (this.#targets.get(target.path) === target) this.#targets.delete(target.path)
    }
    signal.addEventListener('abort', close, { once: true })
  }

  routes(): Route[] {
    return [...this.#targets.values()].map((target) =>
      defineRoute({
        method: 'POST',
        path: target.path,
        policy: 'public', // the service has a secret of its own
        handle: (request, response) => answer(target, request, response),
      }),
    )
  }
}

async function answer(target: WebhookTarget, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const shown = request.headers[target.header]
  if (!sameSecret(typeof shown === 'string' ? shown : '', target.secret.reveal()))
    return refuse(response, 401, 'Unauthorized')
  const body = await readBody(request, maxBytes)
  if (body.kind === 'cut') return
  if (body.kind === 'too-large') return refuse(response, 413, 'Payload Too Large')
  try {
    await target.take(JSON.parse(body.bytes.toString('utf8')))
    sendText(response, 200, '')
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof Fault)) throw error
    refuse(response, 400, errorText(error))
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.setHeader('connection', 'close')
  sendText(response, status, text)
}
