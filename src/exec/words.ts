/** Reads a command line: either plain words that can run without a shell, or text that only a shell understands. */

export type CommandLine =
  /** Running these words gives exactly what `/bin/sh` would have done with the text. */
  | { kind: 'plain'; words: [string, ...string[]] }
  /** `why` names the first thing that needs a shell, as a noun phrase. */
  | { kind: 'shell'; why: string }
  | { kind: 'empty' }

/** What a shell does itself, so that running a program of that name would be something else. */
const builtins = new Set(
  (
    'if then else elif fi do done case esac while until for in select function time coproc { } ! [[ ]] ' +
    '. : alias bg bind break builtin caller cd command compgen complete continue declare dirs disown enable eval ' +
    'exec exit export fc fg getopts hash help history jobs let local logout mapfile popd pushd read readarray ' +
    'readonly return set shift shopt source suspend times trap type typeset ulimit umask unalias unset wait'
  ).split(' '),
)

/** Characters that mean something to a shell when they stand outside quotes. */
const meanings: Record<string, string> = {
  '|': 'a pipe',
  '&': 'the operator &',
  ';': 'the operator ;',
  '<': 'a redirection',
  '>': 'a redirection',
  '(': 'a parenthesis',
  ')': 'a parenthesis',
  '{': 'a brace',
  '}': 'a brace',
  '*': 'a file pattern',
  '?': 'a file pattern',
  '[': 'a file pattern',
  ']': 'a file pattern',
  '!': 'the operator !',
  '~': 'a home directory',
  '#': 'a comment',
  $: 'an expansion ($)',
  '`': 'a command substitution',
  '\n': 'several lines',
  '\r': 'a carriage return',
}

/** Meaningful to a shell only where a word begins. */
const meaningfulAtStart = new Set(['~', '#', '!'])

/**
 * Reads `text` by the quoting rules of POSIX (Shell Command Language, section 2.2). When in doubt it says `shell`:
 * that costs a question, while the other mistake would run something nobody saw.
 */
export function readCommandLine(text: string): CommandLine {
  const words: string[] = []
  let word: string | undefined
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (char === "'") {
      const end = text.indexOf("'", i + 1)
      if (end < 0) return { kind: 'shell', why: 'an unclosed quote' }
      word = (word ?? '') + text.slice(i + 1, end)
      i = end
    } else if (char === '"') {
      const quoted = readDoubleQuotes(text, i + 1)
      if ('why' in quoted) return { kind: 'shell', why: quoted.why }
      word = (word ?? '') + quoted.value
      i = quoted.end
    } else if (char === '\\') {
      const next = text.charAt(++i)
      if (next === '' || next === '\n') return { kind: 'shell', why: 'a continued line' }
      word = (word ?? '') + next
    } else {
      const isQuiet = meaningfulAtStart.has(char) && word !== undefined
      if (Object.hasOwn(meanings, char) && !isQuiet) return { kind: 'shell', why: meanings[char] ?? char }
      if (isControl(char)) return { kind: 'shell', why: 'a control character' }
      word = (word ?? '') + char
    }
  }
  if (word !== undefined) words.push(word)
  return judge(words, text)
}

function judge(words: string[], text: string): CommandLine {
  const [first, ...rest] = words
  if (first === undefined) return text.trim() === '' ? { kind: 'empty' } : { kind: 'shell', why: 'no program' }
  if (first === '') return { kind: 'shell', why: 'an empty program name' }
  if (/^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(first)) return { kind: 'shell', why: 'an assignment' }
  if (builtins.has(first)) return { kind: 'shell', why: `the shell's own ${first}` }
  return { kind: 'plain', words: [first, ...rest] }
}

function readDoubleQuotes(text: string, start: number): { value: string; end: number } | { why: string } {
  let value = ''
  for (let i = start; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === '"') return { value, end: i }
    if (char === '$' || char === '`') return { why: meanings[char] ?? char }
    if (char !== '\\') value += char
    else {
      const next = text.charAt(++i)
      if (next === '\n') return { why: 'a continued line' }
      value += '$`"\\'.includes(next) && next !== '' ? next : `\\${next}`
    }
  }
  return { why: 'an unclosed quote' }
}

function isControl(char: string): boolean {
  const code = char.charCodeAt(0)
  return code < 0x20 || code === 0x7f
}
