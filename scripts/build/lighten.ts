/** Changes to packages as they are bundled: what they do at every start or frame, and nobody here needs. */
import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** In files that match, replaces each `from`, which must be there exactly once, with its `to`. */
export type Change = { file: RegExp; swaps: readonly { from: string | RegExp; to: string }[] }

/** Messages in fifty languages are half of zod's code. */
const englishOnly: Change = {
  file: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/,
  swaps: [{ from: /^.*$/s, to: "export { default as en } from './en.js'" }],
}

/**
 * RGI_Emoji names 3,700 sequences: compiling it takes 15 ms, its first use 20 ms more. It is made when a cluster comes
 * that could be one: of several units, or shown as a picture by itself.
 */
const lateEmoji: Change = {
  file: /[/\\]string-width[/\\]index\.js$/,
  swaps: [
    {
      from: 'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
      to: `let rgiEmoji;
const presented = /\\p{Emoji_Presentation}/u;
const rgiEmojiRegex = {
	test: text => (text.length > 1 || presented.test(text)) && (rgiEmoji ??= /^\\p{RGI_Emoji}$/v).test(text),
};`,
    },
  ],
}

/** Its WebAssembly is a data URL, which it would `fetch`: that loads all of Node's HTTP client, 45 ms. */
const yogaWithoutFetch: Change = {
  file: /[/\\]yoga-layout[/\\]dist[/\\]binaries[/\\]yoga-wasm-base64-esm\.js$/,
  swaps: [{ from: 'return w||"function"!=typeof fetch?', to: 'return true?' }],
}

/**
 * For every frame Ink makes an object for each cell of the screen and takes every text apart anew, 1.8 MB at 120×40. No
 * cell is ever changed in place, so the blank one can be the same everywhere, and what was taken apart can be kept.
 */
const thriftyInk: Change = {
  file: /[/\\]ink[/\\]build[/\\]output\.js$/,
  swaps: [
    {
      from: /row\.push\(\{\s*type: 'char',\s*value: ' ',\s*fullWidth: false,\s*styles: \[\],\s*\}\)/,
      to: 'row.push(unwritten)',
    },
    {
      from: 'caches = new OutputCaches();',
      to: 'caches = keptCaches();',
    },
    {
      from: 'const lineWithoutEmptyItems',
      to: "if (line.every(item => item === unwritten)) return '';\nconst lineWithoutEmptyItems",
    },
    {
      from: 'export default class Output',
      to: `const unwritten = Object.freeze({ type: 'char', value: ' ', fullWidth: false, styles: [] });
let kept = new OutputCaches();
function keptCaches() {
    if (kept.styledChars.size > 200 || kept.widths.size > 10000 || kept.blockWidths.size > 1000) kept = new OutputCaches();
    return kept;
}
export default class Output`,
    },
  ],
}

/**
 * `conf` writes through a package that answers every ending signal by sending it once more, so whoever else answers it
 * hears it twice, and a first Ctrl+C counts as the second. What it wants, removing its drafts, it also does at the exit.
 */
const quietEnd: Change = {
  file: /[/\\]when-exit[/\\]dist[/\\]node[/\\]interceptor\.js$/,
  swaps: [{ from: 'for (const signal of Signals)', to: 'for (const signal of [])' }],
}

/** The text with the change made; throws when a package has become another, so that the change is looked at again. */
export function apply({ file, swaps }: Change, text: string): string {
  return swaps.reduce((whole, { from, to }) => {
    const parts = whole.split(from)
    if (parts.length !== 2) throw new Error(`${file} does not hold ${from} once: see scripts/build/lighten.ts`)
    return parts.join(to)
  }, text)
}

const changes = [englishOnly, lateEmoji, yogaWithoutFetch, thriftyInk, quietEnd]

/** The text of a file with the changes meant for it. */
export async function lightened(path: string): Promise<string> {
  const text = await readFile(path, 'utf8')
  return changes.filter(({ file }) => file.test(path)).reduce((changed, change) => apply(change, changed), text)
}

export const lighten: Plugin = {
  name: 'lighten',
  setup(build) {
    for (const { file } of changes)
      build.onLoad({ filter: file }, async ({ path }) => ({ contents: await lightened(path) }))
  },
}
