/** What `tailscale serve status --json` says is served on this machine. Pure. https://pkg.go.dev/tailscale.com/ipn#ServeConfig */

import * as z from 'zod'
import { parseJson } from '../../shared/std/json.ts'
import { readAs } from '../../shared/std/read-as.ts'

export type ServeHandler = {
  /** MagicDNS name, lower case. */
  readonly host: string
  readonly port: number
  /** Where on that host it is mounted: `/` … */
  readonly path: string
  /** What it leads to, for people and for comparing: the target of a proxy, `text`, a folder. */
  readonly target: string
  /** A `tailscale serve` in some terminal keeps it; it goes when that ends. */
  readonly isForeground: boolean
}

export type ServeConfig = {
  readonly handlers: readonly ServeHandler[]
  /** Ports that forward TCP as it is. */
  readonly tcpPorts: readonly number[]
  /** `host:port` that Funnel makes public. */
  readonly funnels: readonly string[]
}

const web = z.looseObject({
  Handlers: z.record(z.string(), z.looseObject({ Proxy: z.string().nullish(), Path: z.string().nullish() })).nullish(),
})
const level = z.looseObject({
  TCP: z.record(z.string(), z.looseObject({ TCPForward: z.string().nullish() })).nullish(),
  Web: z.record(z.string(), web).nullish(),
  AllowFunnel: z.record(z.string(), z.boolean()).nullish(),
})
const document = level.extend({ Foreground: z.record(z.string(), level).nullish() })

const nothing: ServeConfig = { handlers: [], tcpPorts: [], funnels: [] }

/** Undefined when it is not what this version understands; nothing served is printed in several ways. */
export function parseServeConfig(text: string): ServeConfig | undefined {
  const bare = text.trim()
  if (bare === '' || bare === 'null' || bare === 'No serve config') return nothing
  const parsed = parseJson(bare)
  const read = parsed.ok ? readAs(document, parsed.value) : undefined
  if (!read?.success) return undefined
  const sessions = Object.values(read.data.Foreground ?? {})
  const parts = [read.data, ...sessions].map((each, index) => configOf(each, index > 0))
  return {
    handlers: parts.flatMap(({ handlers }) => handlers),
    tcpPorts: parts.flatMap(({ tcpPorts }) => tcpPorts),
    funnels: parts.flatMap(({ funnels }) => funnels),
  }
}

function configOf({ TCP, Web, AllowFunnel }: z.infer<typeof level>, isForeground: boolean): ServeConfig {
  return {
    handlers: Object.entries(Web ?? {}).flatMap(([place, { Handlers }]) => {
      const colon = place.lastIndexOf(':')
      const at = { host: place.slice(0, colon).toLowerCase(), port: Number(place.slice(colon + 1)), isForeground }
      return Object.entries(Handlers ?? {}).map(([path, { Proxy: proxy, Path }]) => ({
        ...at,
        path,
        target: proxy || Path || 'a text',
      }))
    }),
    tcpPorts: Object.entries(TCP ?? {})
      .filter(([, handler]) => handler.TCPForward)
      .map(([port]) => Number(port)),
    funnels: Object.entries(AllowFunnel ?? {})
      .filter(([, isOn]) => isOn)
      .map(([place]) => place.toLowerCase()),
  }
}
