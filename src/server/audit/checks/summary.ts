/** In one line, what an attacker finds. */

import { defineCheck } from '../check.ts'
import { wantedMode } from './tailscale.ts'

export const attackSurface = defineCheck({
  id: 'summary.attack_surface',
  severity: 'info',
  about: 'What can be reached, by whom, and what runs unasked, in one line.',
  remedy: '`clawdbot security audit --deep` also knocks at the running gateway.',
  run(facts) {
    const { config, devices, allowedCommands, secret, probe } = facts
    const { gateway, tools } = config.settings
    const entrance = gateway.socket.only
      ? 'a socket file only'
      : `${gateway.bind}${gateway.socket.enabled ? ' and a socket file' : ''}`
    const admins = devices.filter(({ isAdmin }) => isAdmin).length
    const parts = [
      `listens on ${entrance}`,
      `Tailscale ${wantedMode(facts)}`,
      `asks for a ${secret.mode}`,
      `HTTP endpoint ${gateway.http.endpoints.chatCompletions.enabled ? 'on' : 'off'}`,
      `commands: ${tools.exec.security}`,
      `${tools.exec.allowlist.length} rules and ${allowedCommands} commands run unasked`,
      `${devices.length} devices paired, ${admins} of them admins`,
    ]
    const remedy = probe
      ? 'The settings behind it: clawdbot config get'
      : 'Knock at it as an attacker would: clawdbot security audit --deep'
    return [{ message: `In short: ${parts.join('; ')}`, remedy }]
  },
})
