/** Numbers of TCP ports as people write them into flags and variables. */

import { Fault } from './fault.ts'

/** The port `value` names; undefined when it is not set or blank. Throws `usage.invalid` for anything but 1 to 65535. */
export function readPort(name: string, value: string | undefined): number | undefined {
  const text = value?.trim() ?? ''
  if (text === '') return undefined
  const port = Number(text)
  if (/^\d+$/.test(text) && port > 0 && port < 65_536) return port
  throw new Fault('usage.invalid', `${name} is ${JSON.stringify(value)}, not a port`, {
    remedy: `Give a number from 1 to 65535, or leave ${name} out.`,
  })
}
