/** One command on the far host, over an open connection. */

import type { Client } from 'ssh2'
import { Fault } from '../../shared/fault.ts'
import { harmless, placeOf } from './faults.ts'
import type { SshHost } from './host.ts'

/** `code` is undefined when a signal ended it. What it printed is cut after 64 Ki characters. */
export type CommandResult = { readonly code: number | undefined; readonly stdout: string; readonly stderr: string }

const outputLimit = 64 * 1024

/** Gives `input` to its standard input and waits until it has ended. Rejects where the account may run nothing. */
export function runCommand(client: Client, host: SshHost, command: string, input: string): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(noCommands(host, error))
      let code: number | undefined
      const printed = { stdout: '', stderr: '' }
      channel.on('data', (piece: Buffer) => {
        printed.stdout = (printed.stdout + String(piece)).slice(0, outputLimit)
      })
      channel.stderr.on('data', (piece: Buffer) => {
        printed.stderr = (printed.stderr + String(piece)).slice(0, outputLimit)
      })
      channel.on('exit', (status: number | null) => {
        code = status ?? undefined
      })
      channel.on('error', () => {}) // it closes; that is what is heard
      channel.on('close', () => resolve({ code, ...printed }))
      channel.end(input)
    })
  })
}

function noCommands(host: SshHost, cause: Error): Fault {
  return new Fault(
    'ssh.unsupported',
    `${placeOf(host)} runs no commands for ${host.user} (${harmless(cause.message)})`,
    {
      remedy: 'The account may be for forwarding only. Add the key there with the account that manages it.',
      cause,
    },
  )
}
