/** A service as a launchd agent of macOS. Pure. */

import { checkSpec, type ServiceSpec } from './spec.ts'

/** Seconds between two starts. launchd knows no exit code after which it gives up, so it is patient. */
const throttleS = 10

/** Octal 077: what it writes is the owner's alone. */
const umask = 0o077

/** The text of `<label>.plist`. Throws `usage.invalid`. */
export function launchdAgent(spec: ServiceSpec, label: string): string {
  checkSpec(spec)
  const { argv, environment, logPath } = spec
  const body = dict({
    Label: text(label),
    ProgramArguments: array(argv.map(text)),
    EnvironmentVariables: dict(
      Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, text(value)])),
    ),
    RunAtLoad: '<true/>',
    KeepAlive: dict({ SuccessfulExit: '<false/>' }),
    ThrottleInterval: `<integer>${throttleS}</integer>`,
    ProcessType: text('Background'),
    Umask: `<integer>${umask}</integer>`,
    StandardOutPath: text(logPath),
    StandardErrorPath: text(logPath),
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    body,
    '</plist>',
    '',
  ].join('\n')
}

function dict(entries: Readonly<Record<string, string>>): string {
  const lines = Object.entries(entries).map(([key, value]) => indent(`<key>${escaped(key)}</key>\n${value}`))
  return lines.length === 0 ? '<dict/>' : `<dict>\n${lines.join('\n')}\n</dict>`
}

function array(items: readonly string[]): string {
  return `<array>\n${items.map(indent).join('\n')}\n</array>`
}

function text(value: string): string {
  return `<string>${escaped(value)}</string>`
}

/** Values never hold a line break, so only the marks of the tree itself are moved. */
function indent(block: string): string {
  return block.replaceAll(/^/gm, '  ')
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
