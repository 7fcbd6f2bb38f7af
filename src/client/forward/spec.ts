/** Forwards as people write them, as `ssh -L` does: `8080:127.0.0.1:80`, `5432:[::1]:5432`, `9000:/run/app.sock`. Pure. */

import { Fault } from '../../shared/fault.ts'
import type { Place } from '../../tunnel/tunnel.ts'

/** A local port and where it leads: to the gateway, or to any other place the far host reaches. */
export type ForwardSpec = { readonly port: number; readonly to: 'gateway' | Place }

/** Throws `usage.invalid`. */
export function parseForward(text: string): ForwardSpec {
  const [, digits = '', target = ''] = /^(\d{1,5}):(.+)$/s.exec(text.trim()) ?? []
  const port = portOf(digits)
  const to = parsePlace(target)
  if (port !== undefined && to !== undefined) return { port, to }
  throw new Fault('usage.invalid', `${JSON.stringify(text.slice(0, 200))} is no forward`, {
    remedy: 'Write it like 8080:127.0.0.1:80, as ssh -L does: the local port, then the place as the far host calls it.',
  })
}

/** Host and port, or the path of a unix socket. A host is never an option or a second word to anybody. */
function parsePlace(text: string): Place | undefined {
  if (/^\/[^\0\r\n]{1,103}$/.test(text)) return { path: text }
  const [, bracketed, bare, digits = ''] =
    /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([A-Za-z0-9_][A-Za-z0-9_.-]*)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? bare
  const port = portOf(digits)
  return host === undefined || port === undefined ? undefined : { host, port }
}

function portOf(digits: string): number | undefined {
  const port = Number(digits)
  return digits !== '' && port >= 1 && port <= 65_535 ? port : undefined
}

/** What a forward leads to, as one line; also what its local port is remembered by. */
export function targetText(to: ForwardSpec['to']): string {
  if (to === 'gateway') return 'gateway'
  if ('path' in to) return to.path
  return `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`
}

/** As `parseForward` reads it. */
export function forwardText({ port, to }: ForwardSpec): string {
  return `${port}:${targetText(to)}`
}
