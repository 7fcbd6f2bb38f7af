/** `gateway.env` as a person changes it, gateway running or not. Names come out, values only go in. */

import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorText, Fault } from '../../shared/fault.ts'
import {
  type EnvSlip,
  envFileSlips,
  readEnvFile,
  setInEnvFile,
  unsetInEnvFile,
  variablesOf,
} from '../../shared/std/env-file.ts'
import type { Secret } from '../../shared/std/secret.ts'
import { type Noting, notingNothing } from '../journal/noting.ts'
import { ensurePrivateFolder, writePrivateFile } from '../storage/private-files.ts'
import { readGatewayEnv } from './gateway-env.ts'

const head = `# Secrets of the gateway: one NAME=value per line, read beneath the environment and by its service.
# clawdbot secrets list|set|unset|move changes it; \${NAME} in clawdbot.json means the value here.
`

/** Each call reads the file anew; all throw `path.outside` for one that must not be read. */
export class EnvFileDesk {
  readonly path: string
  readonly #noting: Noting

  constructor(path: string, noting: Noting = notingNothing) {
    this.path = path
    this.#noting = noting
  }

  /** In the order of the file, each once. */
  names(): string[] {
    return [...new Set(readEnvFile(this.#text()).map(({ name }) => name))]
  }

  /** Lines that are not what whoever wrote them meant. */
  slips(): EnvSlip[] {
    return envFileSlips(this.#text())
  }

  holds(name: string, value?: Secret): boolean {
    const found = variablesOf(this.#text())[name]
    return found !== undefined && (value === undefined || found === value.reveal())
  }

  /** Throws `usage.invalid` for a name or value no variable can have. */
  set(name: string, value: Secret): void {
    if (this.holds(name, value)) return
    const before = this.#text()
    let text: string
    try {
      text = setInEnvFile(before === '' ? head : before, name, value.reveal())
    } catch (error) {
      throw new Fault('usage.invalid', `${name} cannot be kept: ${errorText(error)}`, {
        remedy: 'A name has letters, digits and _, such as OPENAI_API_KEY; a value is text.',
      })
    }
    this.#write(text, name)
  }

  /** False when it was not there. */
  unset(name: string): boolean {
    if (!this.holds(name)) return false
    this.#write(unsetInEnvFile(this.#text(), name), name)
    return true
  }

  #text(): string {
    return readGatewayEnv(this.path) ?? ''
  }

  /** No copy of what was there is kept: a secret that was taken out is gone. */
  #write(text: string, name: string): void {
    if (!existsSync(dirname(this.path))) ensurePrivateFolder(dirname(this.path))
    this.#noting('secrets.written', { name }, () => writePrivateFile(this.path, text, { keepLast: false }))
  }
}
