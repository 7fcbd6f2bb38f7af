/** `LocalForward` of ssh_config, also as `ssh -G` prints it: understood, and offered as a forward of a profile. Pure. */

import type { LocalForward } from './host.ts'
import { parsePort } from './settings.ts'

/** `8080 web:80`, `[::1]:8080 [web]:80`, `/run/a.sock web:80`, `8080 /run/b.sock`; undefined for what is none. */
export function parseForward(text: string): LocalForward | undefined {
  const [, left = '', right = ''] = /^(\S+) (.+)$/.exec(text) ?? []
  const target = right.startsWith('/') ? { path: right } : parseEnd(right)
  const port = parsePort(left)
  const listen = port !== undefined ? { port } : left.startsWith('/') ? { path: left } : parseEnd(left)
  return listen && target ? { listen, target } : undefined
}

function parseEnd(text: string): { host: string; port: number } | undefined {
  const [, bracketed, bare, digits = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*))[:/](\d+)$/.exec(text) ?? []
  const host = bracketed ?? bare
  const port = parsePort(digits)
  return host === undefined || port === undefined ? undefined : { host, port }
}
