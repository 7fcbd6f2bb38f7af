/** Markdown as the HTML Telegram knows: few tags, everything else escaped. Pure. https://core.telegram.org/bots/api#html-style */

import { marked, type Token, type Tokens } from 'marked'

/** Balanced for any input; nothing of the input becomes a tag of its own. */
export function telegramHtml(markdown: string): string {
  const { lexer } = marked
  return blocks(lexer(markdown, { gfm: true }))
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** Every sign as it is. */
export function verbatimHtml(text: string): string {
  return `<pre>${escapeHtml(text)}</pre>`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function blocks(tokens: readonly Token[]): string {
  return tokens.map(block).join('')
}

function block(token: Token): string {
  switch (token.type) {
    case 'space':
      return ''
    case 'heading':
      return `<b>${inline(token.tokens ?? [])}</b>\n\n`
    case 'paragraph':
      return `${inline(token.tokens ?? [])}\n\n`
    case 'text':
      return `${token.tokens ? inline(token.tokens) : escapeHtml(token.text)}\n`
    case 'code':
      return `${codeBlock(token as Tokens.Code)}\n\n`
    case 'blockquote':
      return `<blockquote>${blocks(token.tokens ?? []).trim()}</blockquote>\n\n`
    case 'list':
      return `${list(token as Tokens.List, 0)}\n`
    case 'hr':
      return '———\n\n'
    case 'table':
      return `<pre>${escapeHtml(token.raw.trim())}</pre>\n\n`
    default:
      // HTML of the text, definitions: shown as they were written.
      return escapeHtml(token.raw)
  }
}

function codeBlock({ text, lang }: Tokens.Code): string {
  const language = /^[A-Za-z0-9_+#-]{1,32}/.exec(lang ?? '')?.[0]
  const code = escapeHtml(text)
  return language === undefined
    ? `<pre>${code}</pre>`
    : `<pre><code class="language-${escapeHtml(language)}">${code}</code></pre>`
}

function list({ items, ordered, start }: Tokens.List, depth: number): string {
  const first = typeof start === 'number' ? start : 1
  return items.map((item, index) => listItem(item, ordered ? `${first + index}.` : '•', depth)).join('')
}

function listItem({ tokens, task, checked }: Tokens.ListItem, mark: string, depth: number): string {
  const indent = '  '.repeat(depth)
  const box = task ? (checked ? '☑ ' : '☐ ') : ''
  const parts = tokens
    .filter(({ type }) => type !== 'checkbox')
    .map((token) =>
      token.type === 'list' ? `\n${list(token as Tokens.List, depth + 1)}`.trimEnd() : block(token).trimEnd(),
    )
  return `${indent}${mark} ${box}${parts.join('')}\n`
}

function inline(tokens: readonly Token[]): string {
  return tokens.map(span).join('')
}

function span(token: Token): string {
  const inner = () => inline(('tokens' in token && token.tokens) || [])
  switch (token.type) {
    case 'strong':
      return `<b>${inner()}</b>`
    case 'em':
      return `<i>${inner()}</i>`
    case 'del':
      return `<s>${inner()}</s>`
    case 'codespan':
      return `<code>${escapeHtml(token.text)}</code>`
    case 'br':
      return '\n'
    case 'escape':
      return escapeHtml(token.text)
    case 'link':
      return link(token.href, inner())
    case 'image':
      return link(token.href, escapeHtml(token.text || 'image'))
    case 'text':
      return 'tokens' in token && token.tokens ? inner() : escapeHtml(unescapeEntities(token.text))
    default:
      return escapeHtml(token.raw)
  }
}

/** Only addresses of the web; whatever else a link names is told as text. */
function link(href: string, inner: string): string {
  return /^https?:\/\//i.test(href) ? `<a href="${escapeHtml(href)}">${inner}</a>` : `${inner} (${escapeHtml(href)})`
}

/** What a writer of Markdown escapes by hand. */
function unescapeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}
