/** Prints `docs/config.md` from the schema of the configuration: every key, what it takes, its default, what it does. */
import { type OutlineKey, outline, type SchemaNode } from '../../src/server/config/outline.ts'
import { fixedSettings } from '../../src/server/config/plan.ts'

const opening = `# Configuration

Printed from \`src/server/config/sections\` by \`npm run docs\`; edit the schemas, not this page.

The gateway reads \`~/.clawdbot/clawdbot.json\` (or the file \`CLAWDBOT_CONFIG_PATH\` names; \`CLAWDBOT_STATE_DIR\` moves
the whole folder). The file is JSON5: comments, trailing commas and bare keys are fine. It may be missing: every key has
a default or is optional. An unknown key, a key given twice or a bad value stops the start, and all problems are shown
together with their lines. \`\${NAME}\` in a text value is replaced by that environment variable, \`$\${NAME}\` is the literal
text; an unset variable is an error. Neither \`.env\` nor any file of the current folder is read: a path that is not
whole starts at the home folder, and where \`HOME\` is empty or not whole, that is the account's own.

Changes are picked up while the gateway runs, as \`gateway.reload\` says; a broken edit, or one that
the gateway cannot be started with (a port that is taken), keeps the settings in force and is reported in the log. Keys
marked *secret* are never shown to clients or written to the log.

Only these, with all below them, need a restart, which the gateway makes by itself unless \`gateway.reload.mode\` is \`hot\` or \`off\`:
${fixedSettings.map((path) => `\`${path}\``).join(', ')}.

\`\`\`json5
{
  gateway: { auth: { token: "\${CLAWDBOT_GATEWAY_TOKEN}" } },
  agents: { defaults: { model: { primary: "openai/gpt-4o-mini", fallbacks: ["ollama/qwen3"] } } },
  models: { providers: { ollama: { baseUrl: "http://127.0.0.1:11434/v1" } } },
}
\`\`\``

export function printConfig(): string {
  const keys = outline()
  const sections = keys.filter(({ path }) => !path.includes('.'))
  const parts = sections.map(({ path, node }) => {
    const rows = keys.filter((key) => key.path.startsWith(`${path}.`) && (!key.isGroup || isWorthARow(key))).map(row)
    return `## \`${path}\`\n\n${node.description ?? ''}\n\n| Key | Value | Default | Meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}`
  })
  return `${[opening, ...parts].join('\n\n')}\n`
}

/** A group that can be written in another way than as an object. */
function isWorthARow({ node }: OutlineKey): boolean {
  return node.anyOf !== undefined
}

function row({ path, node }: OutlineKey): string {
  const fallback = node.default === undefined ? '' : `\`${JSON.stringify(node.default)}\``
  const about = `${node.secret ? '*secret* ' : ''}${node.description ?? ''}`
  return `| \`${path}\` | ${kind(node)} | ${fallback} | ${about} |`
}

function kind(node: SchemaNode): string {
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``
  if (node.enum) return node.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (node.anyOf) return [...new Set(node.anyOf.map(kind))].join(' or ')
  if (node.type === 'array') return `list of ${node.items ? kind(node.items) : 'anything'}`
  if (node.type === 'string') return 'text'
  if (node.type === 'integer') return 'whole number'
  return node.type ?? 'anything'
}
