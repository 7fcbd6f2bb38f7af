/** What happens when a socket is upgraded, let in or refused, and when it ends. */

import { gatewayProofText } from '../../shared/protocol/gateway-proof.ts'
import type { Verdict } from './admission/handshake.ts'
import { judgeFirstMessage } from './admission/handshake.ts'
import type { Source } from './admission/local.ts'
import { turnOf } from './admission/turn.ts'
import type { Dispatch } from './dispatch.ts'
import { describeHello } from './hello.ts'
import { outgoing } from './outlet/outgoing.ts'
import { Connection } from './peer.ts'
import type { GatewayKey, GatewayParts } from './server-parts.ts'
import type { GatewayState } from './state.ts'
import type { Upgraded } from './upgrade.ts'

function proof({ publicKey, sign }: GatewayKey, asked: { host: string; clientNonce: string }, serverNonce: string) {
  return { publicKey, host: asked.host, signature: sign(gatewayProofText({ ...asked, serverNonce })) }
}

/** The result takes each upgraded socket. */
export function createReception(parts: GatewayParts, state: GatewayState, dispatch: Dispatch) {
  const { clock, bus, log, devices, doorbook } = parts
  const { connections, hub, presence, health, limiter, passwords, codes } = state

  function welcome(connection: Connection, verdict: Verdict & { kind: 'accepted' }): unknown {
    const { peer, deviceToken, news, code } = verdict
    for (const each of news) bus.publish({ type: 'wire', ...each })
    if (code) {
      const { id, issuer, role, scopes } = code
      const from = connection.source.address
      doorbook.changed('pairing.code-used', { code: id, by: issuer, deviceId: peer.deviceId, role, scopes, from })
    }
    presence.joined(peer)
    const { client, deviceId, role, scopes, authMethod } = peer
    const who = { client: client.id, deviceId, role, scopes: [...scopes], with: authMethod }
    doorbook.accepted(connection.source.address, who)
    log.info('connected', { connId: peer.connId, client: peer.client.id, from: connection.source.address })
    const uptimeMs = clock.monotonic() - state.startedAt
    return describeHello({ peer, deviceToken, presence, health, uptimeMs, parts })
  }

  function onLive(connection: Connection): void {
    hub.join(connection)
    parts.nodes.joined(connection)
    if (presence.has(connection.connId)) state.announcePresence()
    // One that can reattach has the state in its hello and waits for what it asks.
    if (connection.peer.caps.has('reattach')) return
    connection.push(outgoing({ event: 'health', payload: health.current(), stateVersion: state.stateVersion() }))
  }

  function onClosed(connection: Connection): void {
    connections.remove(connection.connId)
    hub.leave(connection.connId)
    parts.nodes.left(connection.connId)
    if (presence.left(connection.connId)) state.announcePresence()
  }

  function onFailed(error: unknown, { connId, source }: Connection): void {
    log.error('a message failed unexpectedly', {
      connId,
      from: source.address,
      stack: error instanceof Error ? error.stack : error,
    })
  }

  function onRefused({ answer, close, news }: Verdict & { kind: 'refused' }, source: Source): void {
    for (const each of news) bus.publish({ type: 'wire', ...each })
    const reason = answer?.error.message ?? close.reason
    // A flood is a number, in the log as in the journal: it must not push out what the log held before.
    if (doorbook.refused(source.address, { reason })) {
      log.warn('refused a connection', { from: source.address, reason })
    }
  }

  return ({ socket, stream, source, wantsProof, admitted }: Upgraded): void => {
    const connection = new Connection(socket, stream, source, {
      clock,
      dispatch,
      prove: (serverNonce) => wantsProof && proof(parts.key, wantsProof, serverNonce),
      judge: (text, facts) =>
        judgeFirstMessage(text, facts, { secret: parts.secret(), passwords, devices, codes, limiter }),
      decide: async (given) => await passwords.decide(given, turnOf(source, limiter)),
      welcome,
      onLive(live) {
        admitted()
        onLive(live)
      },
      onRefused,
      onFailed,
      onClosed,
      onSequenced: (connId, position) => hub.sequenced(connId, position),
    })
    connections.add(connection)
  }
}
