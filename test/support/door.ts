/** A gateway's door without sockets: judges first messages as if they came from one kind of place. */

import { openDeviceBook } from '../../src/server/devices/device-store.ts'
import { PairingCodes } from '../../src/server/gateway/admission/codes.ts'
import { judgeFirstMessage, type Verdict } from '../../src/server/gateway/admission/handshake.ts'
import { FailureLimiter } from '../../src/server/gateway/admission/limiter.ts'
import { describeSource } from '../../src/server/gateway/admission/local.ts'
import { PasswordChecker } from '../../src/server/gateway/admission/password-check.ts'
import { openDatabase } from '../../src/server/storage/database.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { ManualClock } from './clock.ts'
import { connectParamsOf, type Introduction } from './device.ts'

const nonce = 'the-nonce'
export const token = 'the right token'

export function door() {
  const clock = new ManualClock()
  const db = openDatabase({ path: ':memory:' })
  const devices = openDeviceBook({ db, clock })
  const limiter = new FailureLimiter(clock)
  const passwords = new PasswordChecker(() => ports.secret)
  const codes = new PairingCodes(clock)
  const secret = { mode: 'token' as 'token' | 'password', secret: new Secret(token) }
  const ports = { secret, passwords, devices, codes, limiter }
  const judge = (text: string, place: 'here' | 'browser' | 'remote' = 'here'): Verdict => {
    const headers = { host: '127.0.0.1:1', ...(place === 'browser' && { origin: 'http://127.0.0.1:1' }) }
    const socketAddress = place === 'remote' ? '10.0.0.9' : '127.0.0.1'
    const source = describeSource({ socketAddress, headers, trustedProxies: [] })
    return judgeFirstMessage(text, { connId: 'c1', nonce, now: clock.now(), source }, ports)
  }
  const connect = (intro: Introduction = {}, place: 'here' | 'browser' | 'remote' = 'here') => {
    const signed = intro.device ? { nonce, signedAt: clock.now() } : {}
    const params = connectParamsOf({ ...signed, scopes: ['operator.admin'], auth: { token }, ...intro })
    return judge(JSON.stringify({ type: 'req', id: 'r1', method: 'connect', params }), place)
  }
  return { clock, devices, codes, limiter, ports, judge, connect }
}

export const refusalOf = (verdict: Verdict) =>
  verdict.kind === 'refused'
    ? { message: verdict.answer?.error.message, code: verdict.answer?.error.code, close: verdict.close }
    : verdict
export const peerOf = (verdict: Verdict) => {
  if (verdict.kind === 'refused') throw new Error(verdict.answer?.error.message)
  if (verdict.kind === 'undecided') throw new Error('not decided yet')
  return verdict.peer
}
