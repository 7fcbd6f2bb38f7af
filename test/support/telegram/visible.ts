/** What people see of a text in Telegram's HTML, refused as Telegram refuses it. */

const tags = new Set(['b', 'i', 's', 'u', 'code', 'pre', 'a', 'blockquote'])

export function visibleText(raw: string, mode: unknown): string | { code: number; description: string } {
  if (mode !== 'HTML') return raw
  const open: string[] = []
  for (const [whole, slash, name = ''] of raw.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (!tags.has(name)) return refused(`Unsupported start tag "${name}"`)
    if (slash === '') open.push(name)
    else if (open.pop() !== name) return refused(`Unexpected end tag at ${whole}`)
  }
  if (open.length > 0) return refused(`Can't find end tag corresponding to start tag "${open.at(-1)}"`)
  const bare = raw.replace(/<\/?[a-z]+[^>]*>/g, '')
  if (/[<>]|&(?!(lt|gt|amp|quot);)/.test(bare)) return refused('Unescaped character')
  return bare.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&').trim()
}

function refused(why: string): { code: number; description: string } {
  return { code: 400, description: `Bad Request: can't parse entities: ${why}` }
}
