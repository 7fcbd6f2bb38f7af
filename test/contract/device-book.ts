/** What every device book must do, whatever it is kept in. */

import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { DeviceBook, PairingAsk } from '../../src/server/gateway/device-book.ts'
import { ManualClock } from '../support/clock.ts'

const admin = ['operator.admin']
const reader = ['operator.read']
const digest = (token = ''): Uint8Array => createHash('sha256').update(token).digest()

const ask = (more: Partial<PairingAsk> = {}): PairingAsk => ({
  deviceId: 'd1',
  publicKey: 'key1',
  displayName: 'laptop',
  role: 'operator',
  scopes: reader,
  remoteIp: '10.0.0.1',
  ...more,
})

/** `open` gives an empty book; `reopen`, where there is one, what the next process would see. */
export function deviceBookContract(
  open: (clock: ManualClock) => DeviceBook,
  reopen?: (clock: ManualClock) => DeviceBook,
) {
  const fresh = () => {
    const clock = new ManualClock()
    const book = open(clock)
    const pair = (more: Partial<PairingAsk> = {}, grantable: (scope: string) => boolean = () => true) =>
      book.approve(book.request(ask(more)).request.requestId, grantable)
    return { clock, book, pair }
  }

  test('PA5: asking again for the same finds the same request; asking for more replaces it under a new id', () => {
    const { book } = fresh()
    const first = book.request(ask())
    expect(first.created).toBe(true)
    expect(book.request(ask({ displayName: 'other name' }))).toEqual({ request: first.request, created: false })
    const wider = book.request(ask({ scopes: admin }))
    expect(wider.created).toBe(true)
    expect(book.approve(first.request.requestId, () => true)).toBeUndefined()
    expect(book.list().pending).toEqual([wider.request])
  })

  test('what was rejected asks nobody again for its five minutes; asking for something else does', () => {
    const { book, clock } = fresh()
    const { request } = book.request(ask())
    expect(book.reject(request.requestId)).toEqual(request)
    expect(book.reject(request.requestId)).toBeUndefined()
    expect(book.request(ask())).toEqual({ request, created: false })
    expect([book.list().pending, book.pending(request.requestId)]).toEqual([[], request])
    expect(book.request(ask({ scopes: admin })).created).toBe(true)
    const other = book.request(ask({ deviceId: 'd2' })).request
    book.reject(other.requestId)
    clock.advance(5 * 60_000)
    expect(book.request(ask({ deviceId: 'd2' })).created).toBe(true)
  })

  test('PA7: at most 20 wait, 3 per address, the oldest leaving first, each for 5 minutes', () => {
    const { book, clock } = fresh()
    for (let i = 0; i < 4; i++) book.request(ask({ deviceId: `same${i}` }))
    expect(book.list().pending.map((request) => request.deviceId)).toEqual(['same1', 'same2', 'same3'])
    for (let i = 0; i < 30; i++) book.request(ask({ deviceId: `other${i}`, remoteIp: `10.0.1.${i}` }))
    expect(book.list().pending).toHaveLength(20)
    clock.advance(5 * 60_000)
    expect(book.list().pending).toEqual([])
  })

  test('PA3: an approval grants the role and only the scopes its approver could grant', () => {
    const { pair, book } = fresh()
    const device = pair({ scopes: [...reader, ...admin] }, (scope) => scope !== 'operator.admin')
    expect(device).toMatchObject({ deviceId: 'd1', roles: ['operator'], scopes: reader, tokens: [] })
    expect(book.issue('d1', 'operator', admin)).toBeUndefined()
    expect(book.issue('d1', 'node', [])).toBeUndefined()
  })

  test('a token is known by its digest alone, for its own device and role', () => {
    const { pair, book, clock } = fresh()
    pair()
    pair({ deviceId: 'd2', publicKey: 'key2' })
    const issued = book.issue('d1', 'operator', reader)
    expect(Buffer.from(issued?.token ?? '', 'base64url').length).toBeGreaterThanOrEqual(24)
    expect(book.verify('d1', 'operator', digest(issued?.token))).toEqual(reader)
    expect(book.verify('d1', 'operator', digest('wrong'))).toBeUndefined()
    expect(book.verify('d2', 'operator', digest(issued?.token))).toBeUndefined()
    expect(book.verify('d1', 'node', digest(issued?.token))).toBeUndefined()
    expect(book.find('d1')?.tokens).toMatchObject([{ role: 'operator', scopes: reader, lastUsedAtMs: clock.now() }])
    expect(JSON.stringify(book.list())).not.toContain(issued?.token)
  })

  test('PA4: a rotated token replaces the old at once and never exceeds what was approved', () => {
    const { pair, book } = fresh()
    pair()
    const old = book.issue('d1', 'operator', reader)
    expect(book.rotate('d1', 'operator', { scopes: admin })).toBeUndefined()
    const next = book.rotate('d1', 'operator')
    expect(next?.scopes).toEqual(reader)
    expect(book.verify('d1', 'operator', digest(old?.token))).toBeUndefined()
    expect(book.verify('d1', 'operator', digest(next?.token))).toEqual(reader)
    expect(book.rotate('nobody', 'operator')).toBeUndefined()
  })

  test('PA4: fewer scopes for the next token are all the device holds from then on, until a person approves more', () => {
    const { pair, book, clock } = fresh()
    pair({ scopes: [...reader, 'operator.write'], silent: true })
    expect(book.isDecided('d1')).toBe(false)
    book.issue('d1', 'operator', [...reader, 'operator.write'])
    expect(book.rotate('d1', 'operator', { scopes: reader, isHandedOut: false })?.scopes).toEqual(reader)
    expect(book.find('d1')?.scopes).toEqual(reader)
    expect((reopen?.(clock) ?? book).isDecided('d1')).toBe(true)
    expect(book.issue('d1', 'operator', ['operator.write'])).toBeUndefined()
    expect(book.issue('d1', 'operator', reader)).toBeDefined()
  })

  test('PA4: a token replaced without being handed out serves nobody, and its device is issued another', () => {
    const { pair, book } = fresh()
    pair()
    book.issue('d1', 'operator', reader)
    const lost = book.rotate('d1', 'operator', { isHandedOut: false })
    expect(lost?.scopes).toEqual(reader)
    expect(book.verify('d1', 'operator', digest(lost?.token))).toBeUndefined()
    expect(book.verify('d1', 'operator', new Uint8Array())).toBeUndefined()
    expect(book.hasToken('d1', 'operator', reader)).toBe(false)
    const issued = book.issue('d1', 'operator', reader)
    expect(book.verify('d1', 'operator', digest(issued?.token))).toEqual(reader)
  })

  test('PA3, PA6: what a device held before it was revoked does not come back with a smaller approval', () => {
    const { pair, book } = fresh()
    pair({ scopes: admin })
    book.issue('d1', 'operator', admin)
    book.revoke('d1', 'operator')
    expect(book.find('d1')?.scopes).toEqual([])
    expect(pair({ scopes: reader })?.scopes).toEqual(reader)
    expect(book.issue('d1', 'operator', admin)).toBeUndefined()
  })

  test('PA6: revoked stays revoked through rotation and issue, until the device is approved again', () => {
    const { pair, book, clock } = fresh()
    pair()
    const issued = book.issue('d1', 'operator', reader)
    expect(book.revoke('d1', 'operator')).toBe(clock.now())
    const again = reopen?.(clock) ?? book
    expect(again.verify('d1', 'operator', digest(issued?.token))).toBeUndefined()
    expect(again.issue('d1', 'operator', reader)).toBeUndefined()
    expect(again.rotate('d1', 'operator')).toBeUndefined()
    expect(again.hasToken('d1', 'operator', [])).toBe(false)
    again.approve(again.request(ask()).request.requestId, () => true)
    expect(again.verify('d1', 'operator', digest(issued?.token))).toBeUndefined()
    expect(again.issue('d1', 'operator', reader)).toBeDefined()
    expect(again.hasToken('d1', 'operator', reader)).toBe(true)
    expect(again.hasToken('d1', 'operator', admin)).toBe(false)
  })

  test('PA5: another key under a known id inherits nothing', () => {
    const { pair, book } = fresh()
    pair({ scopes: admin })
    const issued = book.issue('d1', 'operator', admin)
    expect(pair({ publicKey: 'key9', role: 'node', scopes: [] })).toMatchObject({ roles: ['node'], scopes: [] })
    expect(book.verify('d1', 'operator', digest(issued?.token))).toBeUndefined()
  })

  test('DU9: however the wall clock jumps, tokens keep their state and requests their five minutes', () => {
    const { clock, book, pair } = fresh()
    const day = 86_400_000
    pair({ deviceId: 'kept' })
    const kept = book.issue('kept', 'operator', reader)
    pair({ deviceId: 'ended' })
    const ended = book.issue('ended', 'operator', reader)
    book.revoke('ended', 'operator')
    book.request(ask({ deviceId: 'waiting' }))
    for (const jump of [day, -3 * day, 400 * day, -800 * day]) {
      clock.jump(jump)
      expect(book.verify('kept', 'operator', digest(kept?.token))).toEqual(reader)
      expect(book.verify('ended', 'operator', digest(ended?.token))).toBeUndefined()
      expect(book.issue('ended', 'operator', reader)).toBeUndefined()
      expect(book.list().pending.map(({ deviceId }) => deviceId)).toEqual(['waiting'])
    }
    clock.advance(5 * 60_000)
    expect(book.list().pending).toEqual([])
  })

  test('PA8: names lose control and direction characters; coming back changes name and address, not the platform', () => {
    const { book, pair } = fresh()
    expect(book.request(ask({ displayName: '\u202egnp.\u001b[2Jexe\n' })).request.displayName).toBe('gnp.[2Jexe')
    pair({ deviceId: 'd2', platform: 'linux' })
    book.touch({ deviceId: 'd2', publicKey: 'key1', displayName: 'desk', platform: 'macos', remoteIp: '10.9.9.9' })
    expect(book.find('d2')).toMatchObject({ displayName: 'desk', platform: 'linux', remoteIp: '10.9.9.9' })
  })
}
