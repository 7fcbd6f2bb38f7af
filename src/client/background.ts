/** Starts a program of ours that outlives this one: a process of its own, its output in a private log. */

import { spawn } from 'node:child_process'
import { chmodSync, closeSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Env } from './paths.ts'
import { makePrivateFolder } from './private-file.ts'

export type BackgroundOptions = {
  /** The module to run, and its words. No secret is among them. */
  readonly program: string
  readonly args: readonly string[]
  readonly log: string
  readonly cwd: string
  readonly env: Env
  /** Keeps a channel for messages open until `leave`. */
  readonly onMessage?: (message: unknown) => void
}

export type BackgroundProcess = {
  readonly pid: number | undefined
  /** Settles when the process ends, with how. Never rejects. */
  readonly ended: Promise<string>
  readonly send: (message: object) => void
  /** Closes the channel; the process lives on. */
  readonly leave: () => void
  readonly end: () => void
}

export function startInBackground(options: BackgroundOptions): BackgroundProcess {
  const { program, args, cwd, env, onMessage } = options
  makePrivateFolder(dirname(options.log))
  setAside(options.log)
  const log = openSync(options.log, 'a', 0o600)
  chmodSync(options.log, 0o600)
  try {
    const child = spawn(process.execPath, [program, ...args], {
      detached: true,
      stdio: onMessage ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      windowsHide: true,
      cwd,
      env,
    })
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
    })
    if (onMessage) child.on('message', onMessage)
    child.unref()
    return {
      pid: child.pid,
      ended,
      send: (message) => void (child.connected && child.send(message, () => {})), // gone already: `ended` tells
      leave: () => void (child.connected && child.disconnect()),
      end: () => void child.kill(),
    }
  } finally {
    closeSync(log)
  }
}

/** Only what is printed goes there, a few lines a start; still it must not grow for ever. Bytes (OP10). */
const limitBytes = 5_000_000

function setAside(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  if (size > limitBytes) renameSync(log, `${log}.1`)
}
