/** What the configuration file says, and what should not stand in it. */

import { shellWord } from '../../../shared/std/shell-words.ts'
import type { ConfigIssue } from '../../config/text.ts'
import { type Check, defineCheck } from '../check.ts'

const isUnknown = ({ message }: ConfigIssue) => /is not a known setting|is not supported/.test(message)

export const unknownKeys = defineCheck({
  id: 'config.unknown_keys',
  severity: 'warning',
  about:
    'A setting nobody knows, mostly a slip: what its writer wanted is not in force, and the gateway does not start with it.',
  remedy: '`clawdbot config validate` names each with its line.',
  run: ({ config }) =>
    config.issues.filter(isUnknown).map(({ path, line, remedy }) => ({
      message: `${path}${line === undefined ? '' : ` (line ${line})`} is not a known setting`,
      remedy: remedy ?? `Take it out: clawdbot config edit`,
    })),
})

export const unusable = defineCheck({
  id: 'config.unusable',
  severity: 'warning',
  about:
    'The file cannot be used: the gateway does not start with it, and one that runs keeps older settings. The other checks then looked at the defaults.',
  remedy: '`clawdbot config validate` names every problem with its line.',
  run({ config }) {
    const [first, ...more] = config.issues.filter((issue) => !isUnknown(issue))
    if (first === undefined) return []
    const place = [first.path, first.line === undefined ? '' : `(line ${first.line})`].filter(Boolean).join(' ')
    return [
      {
        message: `${config.path} cannot be used: ${[place, first.message].filter(Boolean).join(' ')}${more.length > 0 ? `, and ${more.length} more` : ''}`,
        remedy: first.remedy ?? 'See every problem with its line: clawdbot config validate',
      },
    ]
  },
})

type SecretKind = {
  readonly id: string
  readonly what: string
  readonly isOne: (setting: string) => boolean
  /** In place of moving it. */
  readonly remedy?: string
}

const secretKinds: readonly SecretKind[] = [
  {
    id: 'config.secrets.gateway_token_in_config',
    what: 'The token of the gateway',
    isOne: (setting) => setting === 'gateway.auth.token',
  },
  {
    id: 'config.secrets.gateway_password_in_config',
    what: 'The password of the gateway',
    isOne: (setting) => setting === 'gateway.auth.password',
    remedy: 'clawdbot password set',
  },
  {
    id: 'config.secrets.model_key_in_config',
    what: 'A key of a model service',
    isOne: (setting) => setting.startsWith('models.'),
  },
  {
    id: 'config.secrets.other_in_config',
    what: 'Another secret, such as that of a remote gateway or a value of `env.vars`,',
    isOne: (setting) => !/^(gateway\.auth|models)\./.test(setting),
  },
]

export const secretsInConfig: readonly Check[] = secretKinds.map(
  ({ id, what, isOne, remedy = 'clawdbot secrets move' }) =>
    defineCheck({
      id,
      severity: 'warning',
      about: `${what} stands in the configuration file, which is edited, copied and shown to others more readily than a file that holds nothing else.`,
      remedy:
        remedy === 'clawdbot secrets move'
          ? '`clawdbot secrets move`, or `--fix`: it goes to `gateway.env`, and the setting names it.'
          : `\`${remedy}\` keeps only a hash of it; \`clawdbot secrets move\` moves it to \`gateway.env\` as it is.`,
      run: ({ config }) =>
        config.writtenSecrets.filter(isOne).map((setting) => ({
          message: `${setting} is a secret and stands in ${config.path}`,
          ...(remedy === 'clawdbot secrets move'
            ? { remedy: `Run: ${remedy} ${shellWord(setting)}`, repair: { kind: 'secret' as const, path: setting } }
            : { remedy: `Run: ${remedy}` }),
        })),
    }),
)

export const redactOff = defineCheck({
  id: 'logging.redact_off',
  severity: 'warning',
  about: 'What looks like a key or token is written into the log as it is. Configured secrets are masked all the same.',
  remedy: '`clawdbot config set logging.redactSensitive tools`',
  run: ({ config }) =>
    config.settings.logging.redactSensitive !== 'off'
      ? []
      : [
          {
            message: 'Keys and tokens that pass through are written into the log (logging.redactSensitive is off)',
            remedy: 'Run: clawdbot config set logging.redactSensitive tools',
            repair: { kind: 'setting', path: 'logging.redactSensitive', value: 'tools' },
          },
        ],
})

export const debugLogging = defineCheck({
  id: 'logging.debug_in_production',
  severity: 'warning',
  about: 'The log is set to tell everything, what is said included.',
  remedy: '`clawdbot config set logging.level info`',
  run: ({ config }) =>
    ['debug', 'trace'].includes(config.settings.logging.level)
      ? [
          {
            message: `The log tells everything (logging.level is ${config.settings.logging.level})`,
            remedy: 'When you are done looking, run: clawdbot config set logging.level info',
          },
        ]
      : [],
})
