/** What agents may run on this machine without anybody being asked. */

import { defineCheck } from '../check.ts'

const askAgain = 'clawdbot config set tools.exec.security ask'

export const execFull = defineCheck({
  id: 'tools.exec.full',
  severity: 'critical',
  about:
    'Every command runs unasked: whoever gets a sentence into what a model reads, on a page or in a file, runs commands here.',
  remedy: `\`${askAgain}\``,
  run: ({ config }) =>
    config.settings.tools.exec.security === 'full'
      ? [
          {
            message: 'Agents run any command on this machine without asking (tools.exec.security is full)',
            remedy: `Run: ${askAgain}`,
          },
        ]
      : [],
})

export const interpreterAllowlisted = defineCheck({
  id: 'tools.exec.interpreter_allowlisted',
  severity: 'warning',
  about:
    'A rule of the list names a program that starts other programs or runs what it is given. Such a rule never lets anything run unasked here; it only promises what it does not keep.',
  remedy: 'Take the rule out of `tools.exec.allowlist`: `clawdbot config edit`',
  run: ({ rules }) =>
    rules.flatMap(({ rule, risk }) =>
      risk === undefined
        ? []
        : [
            {
              message: `The rule ${JSON.stringify(rule)} covers nothing: ${risk}`,
              remedy: 'Take it out of tools.exec.allowlist: clawdbot config edit',
            },
          ],
    ),
})

export const writableAllowlisted = defineCheck({
  id: 'tools.exec.writable_allowlisted_path',
  severity: 'critical',
  about:
    'A program that runs unasked can be exchanged: it, or a folder it lies in, may be changed by other accounts or by the agent itself.',
  remedy:
    'Use programs below folders that only root may change, such as `/usr/bin`; take the rule out with `clawdbot config edit`.',
  run: ({ rules, config }) =>
    config.settings.tools.exec.security !== 'allowlist'
      ? []
      : rules.flatMap(({ rule, program, writable }) =>
          writable === undefined
            ? []
            : [
                {
                  message: `The rule ${JSON.stringify(rule)} runs ${program} unasked, but ${writable} may be changed by others or by the agent`,
                  remedy:
                    'Take the rule out of tools.exec.allowlist, or name a program in a folder such as /usr/bin: clawdbot config edit',
                },
              ],
        ),
})

/** Names of models that small or old ones have, which follow instructions in what they read more readily. */
const weak = /gpt-3\.5|claude-(1|2|instant)|haiku|gemini-[\d.]*-?(flash-lite|nano)|-nano\b|\b[1-8](\.\d+)?b\b/i

export const weakModel = defineCheck({
  id: 'models.weak_tier',
  severity: 'warning',
  about:
    'A small or old model decides which commands to ask for. Such models follow instructions hidden in what they read more readily.',
  remedy: '`clawdbot models` lists others; then `clawdbot config set agents.defaults.model <provider/model>`',
  run: ({ config }) => {
    const { defaults, list } = config.settings.agents
    if (config.settings.tools.exec.security === 'deny') return []
    const named = [defaults, ...list].flatMap(({ model }) =>
      model === undefined ? [] : typeof model === 'string' ? [model] : [model.primary, ...model.fallbacks],
    )
    return [...new Set(named)]
      .filter((name) => weak.test(name))
      .map((name) => ({
        message: `${name} is a small or old model, and may ask for commands`,
        remedy:
          'See what else there is with: clawdbot models; then run: clawdbot config set agents.defaults.model <provider/model>',
      }))
  },
})
