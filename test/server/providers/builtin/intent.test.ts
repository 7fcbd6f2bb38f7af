import { describe, expect, test } from 'vitest'
import { type Intent, parseIntent, type Topic } from '../../../../src/server/providers/builtin/intent.ts'

const run = (command: string): Intent => ({ kind: 'run', command })
const read = (path: string): Intent => ({ kind: 'read', path })
const write = (path: string, text: string): Intent => ({ kind: 'write', path, text })
const list = (path?: string): Intent => (path ? { kind: 'list', path } : { kind: 'list' })

const requests: [string, Intent][] = [
  ['run uptime', run('uptime')],
  ['Run uptime', run('uptime')],
  ['run: uptime', run('uptime')],
  ['please run uptime', run('uptime')],
  ['can you run `df -h`?', run('df -h')],
  ['could you please execute the command ls -la', run('ls -la')],
  ['execute whoami', run('whoami')],
  ['exec id', run('id')],
  ['$ cat /etc/hostname', run('cat /etc/hostname')],
  ['`uname -a`', run('uname -a')],
  ['run `echo "a b"`', run('echo "a b"')],
  ['run echo what?', run('echo what?')],
  ['run this:\n```sh\ncd /tmp\nls\n```', run('cd /tmp\nls')],
  ['```\nuptime\n```', run('uptime')],
  ['run openai --help', run('openai --help')],
  ['read notes.txt', read('notes.txt')],
  ['read the file "my notes.txt"', read('my notes.txt')],
  ['show me notes.txt', read('notes.txt')],
  ['cat src/main.ts', read('src/main.ts')],
  ['open `todo.md`', read('todo.md')],
  ['read README', read('README')],
  ['write notes.txt: hello', write('notes.txt', 'hello')],
  ['write hello to notes.txt', write('notes.txt', 'hello')],
  ['write "hello world" to notes.txt', write('notes.txt', 'hello world')],
  ['save buy milk, then rest into todo.md', write('todo.md', 'buy milk, then rest')],
  ['create a file notes.txt with hello there', write('notes.txt', 'hello there')],
  ['write notes.txt:\n```\na\nb\n```', write('notes.txt', 'a\nb')],
  ['list files', list()],
  ['list files?', list()],
  ['list the files in src', list('src')],
  ['what files are there?', list()],
  ['show my files', list()],
  ['ls', list()],
  ['list ./src', list('./src')],
  ['list files in the workspace', list()],
  ['run', { kind: 'incomplete', verb: 'run' }],
  ['read', { kind: 'incomplete', verb: 'read' }],
  ['write', { kind: 'incomplete', verb: 'write' }],
  ['write me a poem', { kind: 'unknown' }],
  ['write a poem in French', { kind: 'unknown' }],
  ['tell me a story about a lighthouse', { kind: 'unknown' }],
  ['what is the capital of France?', { kind: 'unknown' }],
  ['show me the meaning of life', { kind: 'unknown' }],
  ['', { kind: 'unknown' }],
]

const topics: [Topic, string[]][] = [
  ['hello', ['hi', 'Hello!', 'good morning', 'hey there', 'こんにちは']],
  ['help', ['help', '?', 'What can you do?', '/help']],
  ['who', ['who are you?', 'are you an AI?', 'Are you a real model?', 'what is this?']],
  ['thanks', ['thanks!', 'thank you']],
  ['status', ['status', 'gateway status', 'show the status', 'health', 'how are you?', 'ping']],
  ['sessions', ['sessions', 'list sessions', 'show my sessions', 'which conversations are there?']],
  ['models', ['models', 'list models', 'which models are available?']],
  ['configure', ['configure', 'how do I set up a model?', 'use openai', 'where do I put my API key?', 'setup']],
  ['where', ['where do commands run?', 'where does this run', 'where am i?', 'nodes', 'which machine is this?']],
]

describe('the guide understands', () => {
  test.each(requests)('%j', (message, intent) => expect(parseIntent(message)).toEqual(intent))
  for (const [topic, messages] of topics)
    test.each(messages)(`%j as a question about ${topic}`, (message) =>
      expect(parseIntent(message)).toEqual({ kind: 'topic', topic }),
    )
})

test('text longer than any plain request is prose for a model, and never meets the patterns', () => {
  expect(parseIntent(`write${' '.repeat(100_000)}x`)).toEqual({ kind: 'unknown' })
})
