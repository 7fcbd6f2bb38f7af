/** One gateway after another, as long as changed settings ask for a new start. */

import { failureText, type Refused, type Restart, runGateway, type ServerOptions } from './run-gateway.ts'

/** Runs until the signal. Settings that a running gateway cannot be started anew with are refused: the last good ones stay. */
export async function runGateways(options: ServerOptions): Promise<void> {
  let how = await runGateway(options)
  while (how !== 'stopped') {
    options.print('🔁 The configuration changed; starting again')
    how = await runAgain(options, how)
  }
}

async function runAgain(options: ServerOptions, { next, last }: Restart): Promise<'stopped' | Restart> {
  let refused: Refused
  let isStarted = false
  const onStarted = () => {
    isStarted = true
  }
  try {
    return await runGateway({ ...options, settings: next, onStarted })
  } catch (error) {
    if (isStarted || options.signal.aborted) throw error
    refused = { settings: next, error }
  }
  options.print(`❌ ${failureText(refused.error)}`)
  options.print(
    '↩️ The changed configuration is refused; starting again with the last good one.\n' +
      '   It is tried again when it changes, and when the gateway is started anew.',
  )
  return await runGateway({ ...options, settings: last, refused })
}
