/** Opens an encrypted private key in a thread of its own: deriving the key from a passphrase takes 0.2 s on purpose. */

import { createPrivateKey, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Secret } from '../../shared/std/secret.ts'

/** A program of a few lines, as text: it must not be a file that a bundle would have to name. */
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { utils } = require(workerData.ssh2)
const [key] = [utils.parseKey(workerData.text, workerData.passphrase)].flat()
parentPort.postMessage(key instanceof Error ? { problem: key.message } : { pem: key.getPrivatePEM() })`

/** Undefined when the passphrase is wrong. What it is made of stays in this process's memory. */
export async function decryptKey(text: string, passphrase: Secret): Promise<KeyObject | undefined> {
  const ssh2 = createRequire(import.meta.url).resolve('ssh2')
  const workerData = { ssh2, text, passphrase: passphrase.reveal() }
  const worker = new Worker(program, { eval: true, workerData, env: {}, execArgv: [] })
  try {
    const [answer] = (await once(worker, 'message')) as [{ pem?: string }]
    return answer.pem === undefined ? undefined : createPrivateKey(answer.pem)
  } finally {
    await worker.terminate()
  }
}
