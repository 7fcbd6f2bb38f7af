/** Changes to packages as they are bundled: what they do when loaded, and nobody here needs, every start would pay for. */
import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** Replaces `from`, which must be there exactly once, with `to`. */
export type Change = { file: RegExp; from: string | RegExp; to: string }

/** RGI_Emoji names 3,700 sequences: compiling it takes 15 ms, its first use 20 ms more. */
const emojiPattern = 'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;'
/** Made when a cluster comes that could be one: of several units, or shown as a picture by itself. */
const lateEmojiPattern = `let rgiEmoji;
const presented = /\\p{Emoji_Presentation}/u;
const rgiEmojiRegex = {
	test: text => (text.length > 1 || presented.test(text)) && (rgiEmoji ??= /^\\p{RGI_Emoji}$/v).test(text),
};`

const changes: readonly Change[] = [
  // Messages in fifty languages, half of zod's code.
  {
    file: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/,
    from: /^.*$/s,
    to: "export { default as en } from './en.js'",
  },
  { file: /[/\\]string-width[/\\]index\.js$/, from: emojiPattern, to: lateEmojiPattern },
  // Its WebAssembly is a data URL, which it would `fetch`: that loads all of Node's HTTP client, 45 ms and 8 MB.
  {
    file: /[/\\]yoga-layout[/\\]dist[/\\]binaries[/\\]yoga-wasm-base64-esm\.js$/,
    from: 'return w||"function"!=typeof fetch?',
    to: 'return true?',
  },
]

/** The text with the change made; throws when a package has become another, so that the change is looked at again. */
export function apply({ file, from, to }: Change, text: string): string {
  const parts = text.split(from)
  if (parts.length !== 2) throw new Error(`${file} does not hold ${from} once: see scripts/build/lighten.ts`)
  return parts.join(to)
}

export const lighten: Plugin = {
  name: 'lighten',
  setup(build) {
    for (const change of changes)
      build.onLoad({ filter: change.file }, async ({ path }) => ({
        contents: apply(change, await readFile(path, 'utf8')),
      }))
  },
}
