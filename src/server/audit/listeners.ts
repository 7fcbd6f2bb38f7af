/** Who listens on a port, as Linux's tables tell it, address included: a listener may be wider than the settings say. Pure. */

export type Listener = { readonly address: string; readonly uid: number; readonly inode: number }

/** State of a listening socket. https://docs.kernel.org/networking/proc_net_tcp.html */
const listening = '0A'

/** From the text of `/proc/net/tcp` or `tcp6`. */
export function listenersOn(port: number, table: string): Listener[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , uid = '', , inode = ''] = line.trim().split(/\s+/)
      const [hex = '', digits = ''] = local.split(':')
      if (state !== listening || Number.parseInt(digits, 16) !== port) return []
      return [{ address: addressOf(hex), uid: Number(uid), inode: Number(inode) }]
    })
}

/** Words of 32 bits, each with its bytes turned around. */
function addressOf(hex: string): string {
  const words = hex.match(/.{8}/g) ?? []
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse())
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.')
  const groups = bytes.flatMap((byte, at) => (at % 2 === 0 ? [`${byte}${bytes[at + 1]}`] : []))
  const full = groups.map((group) => group.toLowerCase().replace(/^0+(?=.)/, '')).join(':')
  if (full === '0:0:0:0:0:0:0:0') return '::'
  return full === '0:0:0:0:0:0:0:1' ? '::1' : full
}
