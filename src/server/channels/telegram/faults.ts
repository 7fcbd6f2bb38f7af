/** What Telegram refuses, in sentences that say what to do. Its own words are kept; the token never is in them. */

import { GrammyError, HttpError } from 'grammy/web'
import { Fault, type FaultCode, type FaultOptions } from '../../../shared/fault.ts'
import { cleanName } from '../../../shared/std/clean-name.ts'
import { isTimeout } from '../../../shared/std/signal.ts'

/** Awaits a call of the Bot API; rejects with a `Fault`, or with the signal's reason. */
export async function telegramCall<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (signal.aborted && !isTimeout(signal.reason)) throw signal.reason
    throw faultOf(error)
  }
}

function faultOf(error: unknown): unknown {
  if (error instanceof GrammyError) {
    const { error_code: code, description, parameters, method } = error
    return apiFault(code, cleanName(description, 200) ?? '', method, parameters.retry_after)
  }
  if (error instanceof HttpError || (error instanceof Error && isTimeout(error))) {
    return fault('channel.unavailable', 'Telegram cannot be reached', {
      remedy: 'It is tried again. Check that this machine reaches the internet, and channels.telegram.apiRoot.',
      retryable: true,
    })
  }
  return error
}

/** https://core.telegram.org/api/errors: the numbers are those of HTTP. */
function apiFault(code: number, description: string, method: string, retryAfterSeconds: number | undefined): Fault {
  const says = `Telegram says: ${description}`
  if (code === 401 || (code === 404 && method === 'getMe')) {
    return fault('channel.unauthorized', 'Telegram does not know the token of the bot', {
      remedy: 'Ask @BotFather for the token (/token), then run: clawdbot channels add telegram',
    })
  }
  if (code === 409) {
    return fault('channel.conflict', 'Another program listens with the same bot token', {
      remedy:
        'Stop the other program, or make another bot with @BotFather: Telegram tells each message to one of them only.',
      retryable: true,
    })
  }
  if (code === 429) {
    return fault('channel.throttled', says, { retryable: true, retryAfterMs: (retryAfterSeconds ?? 5) * 1000 })
  }
  if (code >= 500) return fault('channel.unavailable', says, { retryable: true, remedy: 'It is tried again.' })
  return fault('channel.refused', says, {})
}

function fault(code: FaultCode, message: string, options: FaultOptions): Fault {
  return new Fault(code, message, options)
}
