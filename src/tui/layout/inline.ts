/** Markdown inside a line → spans: emphasis, code, links, breaks. */
import type { Token, Tokens } from 'marked'
import { plain, type Span, type Style } from './span.ts'

const codeStyle: Style = { color: 'code' }
const linkStyle: Style = { color: 'accent', underline: true }
const urlStyle: Style = { color: 'muted' }

/** `outer` is the style around: emphasis adds to it. */
export function inlineSpans(tokens: readonly Token[], outer?: Style): Span[] {
  return tokens.flatMap((token) => spansOf(token, outer))
}

function spansOf(token: Token, outer: Style | undefined): Span[] {
  const inside = (style: Style): Span[] => inlineSpans(childTokens(token) ?? [], { ...outer, ...style })
  switch (token.type) {
    case 'strong':
      return inside({ bold: true })
    case 'em':
      return inside({ italic: true })
    case 'del':
      return inside({ strike: true })
    case 'codespan':
      return [plain(plainText(token), { ...outer, ...codeStyle })]
    case 'br':
      return [plain('\n')]
    case 'link':
      return [...inside(linkStyle), ...urlSpans((token as Tokens.Link).href, plainText(token))]
    case 'image':
      return imageSpans(token as Tokens.Image, outer)
    case 'html':
      return [plain(token.raw, { ...outer, ...urlStyle })]
    default: {
      const children = childTokens(token)
      return children ? inlineSpans(children, outer) : [plain(plainText(token).replaceAll('\n', ' '), outer)]
    }
  }
}

/** The tokens inside a token, if it is of a kind that has some. */
export function childTokens(token: Token): Token[] | undefined {
  return 'tokens' in token ? token.tokens : undefined
}

function imageSpans(image: Tokens.Image, outer: Style | undefined): Span[] {
  return [plain(image.text || 'image', { ...outer, ...linkStyle }), ...urlSpans(image.href, image.text)]
}

/** A link says where it leads, unless its words already do. No OSC 8: a link could say one thing and be another. */
function urlSpans(href: string, text: string): Span[] {
  const shown = href.replace(/^mailto:/, '')
  return shown === '' || shown === text ? [] : [plain(' '), plain(`(${shown})`, urlStyle)]
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** The words of a token. The handful of entities that people write are decoded; others stay as they are. */
export function plainText(token: Token): string {
  const text = 'text' in token && typeof token.text === 'string' ? token.text : token.raw
  return text.replace(/&(amp|lt|gt|quot|apos|nbsp|#39);/g, (whole, name: string) =>
    name === '#39' ? "'" : (entities[name] ?? whole),
  )
}
