/** The keys a person has: those of the agent and those in files. A passphrase is asked only once a server wants that key. */

import { type KeyObject, sign } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import ssh2, { type BaseAgent, type ParsedKey } from 'ssh2'
import { Fault } from '../../shared/fault.ts'
import type { Prompts } from '../prompts.ts'
import { decryptKey } from './decrypt.ts'
import { keyTypeOf } from './host-key.ts'

export type PersonalKey = {
  /** For people: the path, or the comment the agent gives. */
  readonly name: string
  readonly isFromAgent: boolean
  /** Only the public half is here: it says which key of the agent is meant. */
  readonly isPublicOnly: boolean
  /** The public key as SSH sends it. */
  readonly blob: Buffer
  /** `hash`: what RSA signs, `sha256` or `sha512`. */
  sign(data: Buffer, hash: string | undefined, signal: AbortSignal): Promise<Buffer>
}

const { createAgent, utils } = ssh2

/** Keys of the agent in its order; none when nobody answers there. */
export function agentKeys(socketPath: string): Promise<PersonalKey[]> {
  const agent = createAgent(socketPath)
  return new Promise((resolve) => {
    agent.getIdentities((error, identities = []) => {
      if (error) return resolve([])
      resolve(identities.map((identity) => agentKey(agent, identity as ParsedKey)))
    })
  })
}

function agentKey(agent: BaseAgent, key: ParsedKey): PersonalKey {
  return {
    name: key.comment || key.type,
    isFromAgent: true,
    isPublicOnly: false,
    blob: key.getPublicSSH(),
    sign: (data, hash) =>
      new Promise((resolve, reject) => {
        agent.sign(key, data, hash === undefined ? {} : { hash: hash as 'sha256' }, (error, signature) => {
          if (signature) resolve(signature)
          else reject(error ?? new Error('The agent does not sign'))
        })
      }),
  }
}

export type KeyFile = { readonly key: PersonalKey } | { readonly problem: string | undefined }

/** The key in a file. Without `problem` there is simply no such file. */
export async function fileKey(path: string, prompts: Prompts): Promise<KeyFile> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return { problem: undefined }
  const parsed = parse(text)
  if (!(parsed instanceof Error)) {
    if (!parsed.isPrivateKey()) return { key: publicOnly(path, parsed) }
    return (await othersMayRead(path)) ? { problem: `others may read ${path}` } : { key: openKey(path, parsed) }
  }
  if (!/encrypted/i.test(parsed.message)) return { problem: `${path} is of a kind that is not understood` }
  if (await othersMayRead(path)) return { problem: `others may read ${path}` }
  const blob = publicHalf(text) ?? (await publicFile(path))
  return blob
    ? { key: lockedKey(path, text, blob, prompts) }
    : { problem: `${path} is encrypted and has no .pub beside it` }
}

/** OpenSSH refuses such keys too; whoever else read it may use it. */
async function othersMayRead(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false
  const { mode, uid } = await stat(path)
  return uid === process.getuid?.() && (mode & 0o077) !== 0
}

function openKey(path: string, key: ParsedKey): PersonalKey {
  return {
    ...{ name: path, isFromAgent: false, isPublicOnly: false, blob: key.getPublicSSH() },
    sign: async (data, hash) => key.sign(data, hash),
  }
}

/** `IdentityFile key.pub`. */
function publicOnly(path: string, key: ParsedKey): PersonalKey {
  return {
    ...{ name: path, isFromAgent: false, isPublicOnly: true, blob: key.getPublicSSH() },
    sign: async () => {
      throw new Error(`${path} is only the public half`)
    },
  }
}

/** Asked so many times at most (TU15). */
const passphraseTries = 3

function lockedKey(path: string, text: string, blob: Buffer, prompts: Prompts): PersonalKey {
  let opened: KeyObject | undefined
  return {
    ...{ name: path, isFromAgent: false, isPublicOnly: false, blob },
    async sign(data, hash, signal) {
      for (let attempt = 1; !opened && attempt <= passphraseTries; attempt++) {
        const passphrase = await prompts.passphrase({ kind: 'passphrase', keyPath: path, attempt }, signal)
        if (!passphrase) throw declined(`The passphrase of ${path} was not given`)
        opened = await decryptKey(text, passphrase)
      }
      if (!opened) throw declined(`The passphrase of ${path} was wrong ${passphraseTries} times`)
      return sign(hash ?? defaultHash(keyTypeOf(blob)), data, opened)
    },
  }
}

/** What each kind of key signs: RFC 5656 §6.2.1 for ECDSA; Ed25519 hashes by itself. */
function defaultHash(keyType: string | undefined): string | undefined {
  if (keyType === 'ssh-ed25519') return undefined
  if (keyType?.endsWith('nistp384')) return 'sha384'
  if (keyType?.endsWith('nistp521')) return 'sha512'
  return keyType?.endsWith('nistp256') ? 'sha256' : 'sha1'
}

function declined(message: string): Fault {
  return new Fault('ssh.unauthorized', message, {
    remedy: 'Connect again to be asked again, or let an agent hold the key (ssh-add).',
  })
}

function parse(text: string): ParsedKey | Error {
  const parsed: ParsedKey | ParsedKey[] | Error = utils.parseKey(text)
  return Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed
}

/** The public key that OpenSSH's own format keeps readable in front of the encrypted part (PROTOCOL.key). */
function publicHalf(text: string): Buffer | undefined {
  const [, encoded] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+)-----END/.exec(text) ?? []
  if (encoded === undefined) return undefined
  const data = Buffer.from(encoded, 'base64')
  let at = 'openssh-key-v1\0'.length
  const next = (): Buffer | undefined => {
    if (at + 4 > data.length) return undefined
    const end = at + 4 + data.readUInt32BE(at)
    const value = data.subarray(at + 4, end)
    at = end
    return end <= data.length ? value : undefined
  }
  for (let skipped = 0; skipped < 3; skipped++) if (!next()) return undefined // cipher, kdf, its options
  at += 4 // how many keys; one
  return next()
}

async function publicFile(path: string): Promise<Buffer | undefined> {
  const text = await readFile(`${path}.pub`, 'utf8').catch(() => undefined)
  const parsed = text === undefined ? undefined : parse(text)
  return parsed && !(parsed instanceof Error) ? parsed.getPublicSSH() : undefined
}
