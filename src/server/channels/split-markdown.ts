/** A long text in pieces, cut where a reader would: between paragraphs, lines, sentences, words. Pure. */

type Cut = { readonly end: number; readonly next: number }

/** No border earlier than this share of a piece is taken: a tiny piece is worse than a cut sentence. */
const smallest = 0.4

/** Pieces of at most `limit` UTF-16 units. A code block that is cut is closed and opened again. */
export function splitMarkdown(text: string, limit: number): string[] {
  const pieces: string[] = []
  let rest = text.trim()
  let fence: string | undefined
  while (rest !== '') {
    const opening = fence === undefined ? '' : `${fence}\n`
    // Room for the line that closes a block.
    const room = limit - opening.length - 4
    if (opening.length + rest.length <= limit) {
      pieces.push(opening + rest)
      break
    }
    const { end, next } = cutAt(rest, room)
    const piece = opening + rest.slice(0, end)
    fence = openFence(piece)
    pieces.push(fence === undefined ? piece : `${piece}\n\`\`\``)
    rest = fence === undefined ? rest.slice(next).trimStart() : rest.slice(next)
  }
  return pieces
}

/** Borders from the best to the worst, each with what is dropped at it. */
const borders: readonly RegExp[] = [/\n\n+/g, /\n/g, /(?<=[.!?…])[ ]+|(?<=[。！？])/g, /[ \t]+/g]

function cutAt(text: string, room: number): Cut {
  const window = text.slice(0, room + 1)
  for (const border of borders) {
    const last = [...window.matchAll(border)].findLast(({ index }) => index <= room)
    if (last && last.index >= room * smallest) return { end: last.index, next: last.index + last[0].length }
  }
  const end = isHighSurrogate(text.charCodeAt(room - 1)) ? room - 1 : room
  return { end, next: end }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

/** The line that opened a code block which is still open at the end of the text. */
function openFence(text: string): string | undefined {
  let open: string | undefined
  for (const line of text.split('\n')) {
    const fence = /^\s{0,3}(```+)(.*)$/.exec(line)
    if (!fence) continue
    open = open === undefined ? `\`\`\`${(fence[2] ?? '').trim().slice(0, 32)}` : undefined
  }
  return open
}
