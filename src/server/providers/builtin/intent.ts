/** Reads a plain request such as `run uptime`: text in, intent out. Pure, and deliberately small. */

export type Topic = 'hello' | 'help' | 'who' | 'thanks' | 'status' | 'sessions' | 'models' | 'configure' | 'where'

export type Intent =
  | { kind: 'run'; command: string }
  | { kind: 'read'; path: string }
  | { kind: 'write'; path: string; text: string }
  | { kind: 'list'; path?: string }
  | { kind: 'topic'; topic: Topic }
  /** A verb without what it needs, such as a bare `run`. */
  | { kind: 'incomplete'; verb: 'run' | 'read' | 'write' }
  | { kind: 'unknown' }

/** In UTF-16 units. Longer text is prose for a model, and the patterns below cost its square in the worst case. */
const longestRequest = 4000

const greeting = /^(?:hi|hello|hey)(?: there| clawdbot)?[,.!]+\s+(?=\S)/i
const politeness = /^(?:(?:please|now|ok(?:ay)?|hey(?! there)|(?:can|could|would|will) you(?: please)?)[,:]?\s+)+/i

/** What a person asked for. Case, a greeting before it, politeness, quotes, backticks and a closing question mark do not matter. */
export function parseIntent(message: string): Intent {
  const text = message.trim().replace(greeting, '').replace(politeness, '')
  if (text.length > longestRequest) return { kind: 'unknown' }
  for (const rule of [shellIntent, topicIntent, listIntent, writeIntent, readIntent, runIntent]) {
    const intent = rule(text)
    if (intent) return intent
  }
  return { kind: 'unknown' }
}

/** `$ uptime`, a message that is one piece of code, or a fenced block after `run this:`. */
function shellIntent(text: string): Intent | undefined {
  const prompt = /^\$\s+(\S[\s\S]*)$/.exec(text)
  if (prompt?.[1]) return { kind: 'run', command: prompt[1].trim() }
  const fenced = /^(?:(?:run|execute|exec)\b[^\n`]*\n?)?```[a-z]*\n([\s\S]+?)\n?```$/i.exec(text)
  if (fenced?.[1]?.trim()) return { kind: 'run', command: fenced[1].trim() }
  const quoted = /^`([^`]+)`$/.exec(text)
  return quoted?.[1]?.trim() ? { kind: 'run', command: quoted[1].trim() } : undefined
}

function runIntent(text: string): Intent | undefined {
  const match = /^(?:run|execute|exec)\b:?\s*(?:the\s+)?(?:command\b:?\s*)?([\s\S]*)$/i.exec(text)
  if (!match) return undefined
  const rest = match[1] ?? ''
  const command = /`([^`]+)`/.exec(rest)?.[1] ?? rest
  return command.trim() ? { kind: 'run', command: command.trim() } : { kind: 'incomplete', verb: 'run' }
}

const listPatterns = [
  /^ls$/i,
  /^(?:list|show|what)(?:\s+(?:me|us|all|the|my|your))*\s+(?:files|workspace|folder|directory)(?:\s+(?:are\s+there|(?:in|of|under)\s+(?<path>\S.*)))?$/i,
  /^list(?:\s+(?<path>[^\s]*[./][^\s]*))?$/i,
]

function listIntent(text: string): Intent | undefined {
  for (const pattern of listPatterns) {
    const match = pattern.exec(withoutMark(text))
    if (!match) continue
    const path = bare(match.groups?.path ?? '')
    return path && !/^(?:the |my |your )?workspace$/i.test(path) ? { kind: 'list', path } : { kind: 'list' }
  }
  return undefined
}

/** `write hello to notes.txt`, `write notes.txt: hello`, `create notes.txt with hello`. */
function writeIntent(text: string): Intent | undefined {
  const verb = /^(?:write|save|create|put)(?:\s+(?:a|the)?\s*file)?\b\s*/i.exec(text)
  if (!verb) return undefined
  const rest = text.slice(verb[0].length)
  const pathFirst = /^(`[^`]+`|"[^"]+"|[^\s:`"]*[./][^\s:`"]*)(?::|\s+(?:with|containing)\b:?|\n)\s*([\s\S]+)$/i.exec(
    rest,
  )
  if (pathFirst?.[1] && pathFirst[2]) return { kind: 'write', path: bare(pathFirst[1]), text: bare(pathFirst[2]) }
  const textFirst = /^([\s\S]+?)\s+(?:to|into|in)\s+(?:the\s+)?(?:file\s+)?(`[^`]+`|"[^"]+"|\S*[./]\S*)$/i.exec(rest)
  if (textFirst?.[1] && textFirst[2]) return { kind: 'write', path: bare(textFirst[2]), text: bare(textFirst[1]) }
  return rest === '' && /^(?:write|save)/i.test(text) ? { kind: 'incomplete', verb: 'write' } : undefined
}

function readIntent(text: string): Intent | undefined {
  const match = /^(read|open|show|cat|print)\b\s*(?:me\s+)?(?:the\s+)?(?:file\s+)?([\s\S]*)$/i.exec(withoutMark(text))
  if (!match) return undefined
  const path = bare(match[2] ?? '')
  const isRead = match[1]?.toLowerCase() === 'read'
  if (!path) return isRead ? { kind: 'incomplete', verb: 'read' } : undefined
  const isOneName = !/\s/.test(path) || /^[`"']/.test(match[2] ?? '')
  if (!isOneName) return undefined
  return isRead || /[./]/.test(path) ? { kind: 'read', path } : undefined
}

/** In order of trust: the first pattern that matches names the topic. */
const topics: readonly [Topic, RegExp][] = [
  [
    'help',
    /^(?:\/?help|\?|what (?:can|do) you do(?: here| for me)?|commands|how does this work|what now|get(?:ting)? started)$/,
  ],
  ['hello', /^(?:hi|hello|hey|yo|good (?:morning|afternoon|evening)|こんにちは)(?: there| clawdbot)?$/],
  ['thanks', /^(?:thanks|thank you|thx|great|nice|cool|bye|goodbye)(?: very much| a lot| so much)?$/],
  ['where', /^where (?:do|does|will|would|are|is) .*(?:run|runs|running|executed?|happen|am i|this)$|^where am i$/],
  ['where', /^(?:nodes?|list nodes|show nodes|which (?:machine|host|computer)(?: .*)?)$/],
  [
    'configure',
    /\b(?:configure|set ?up|add|use|choose|connect|switch)\b.*\b(?:model|models|provider|key|api key|ai|llm)\b/,
  ],
  ['configure', /^(?:configure|config|setup|set up|how do i (?:configure|start).*)$/],
  ['configure', /\b(?:api key|openai|anthropic|claude|gemini|ollama|lm studio|llama\.cpp|vllm)\b/],
  [
    'who',
    /^(?:who|what) are you$|\bare you (?:an? )?(?:ai|llm|real|bot|human|(?:language )?model|chatgpt|claude|gpt)\b|^what (?:is this|model (?:is this|are you))$/,
  ],
  ['models', /^(?:(?:list|show|which|what)(?: me| the| all)* )?models?(?: are (?:there|available|configured))?$/],
  [
    'sessions',
    /^(?:(?:list|show|which|what)(?: me| the| all| my)* )?(?:sessions|conversations)(?: are (?:there|open))?$/,
  ],
  [
    'status',
    /^(?:(?:show|what is|what's|how is)(?: me| the)* )?(?:gateway )?(?:status|health|uptime)(?: of the gateway)?$/,
  ],
  ['status', /^(?:how are you|are you (?:ok|alive|there|up)|is the gateway (?:up|ok|running|alive)|ping)$/],
]

function topicIntent(text: string): Intent | undefined {
  if (/^(?:run|exec|execute|write|save|create|put|read)\b/i.test(text)) return undefined
  const plain = withoutMark(text).toLowerCase().replaceAll(/\s+/g, ' ')
  const found = topics.find(([, pattern]) => pattern.test(plain))
  return found && { kind: 'topic', topic: found[0] }
}

function withoutMark(text: string): string {
  return text.length > 1 ? text.replace(/[\s?!.。!?]+$/u, '') || text : text
}

/** Without the quotes or backticks around it. */
function bare(text: string): string {
  const trimmed = text.trim()
  const match = /^(?:```[a-z]*\n([\s\S]*?)\n?```|`([^`]*)`|"([^"]*)"|'([^']*)')$/.exec(trimmed)
  return match ? (match[1] ?? match[2] ?? match[3] ?? match[4] ?? '') : trimmed
}
