/** `clawdbot token rotate`: another token for the gateway of this machine, wherever the present one is kept. */

import { readRuntime } from '../client/runtime-file.ts'
import { defineCommand } from './command.ts'

export const tokenRotate = defineCommand({
  name: 'token rotate',
  about: "replace this gateway's token with 256 random bits; one given as --token to clawdbot-server stays",
  flags: {
    show: { type: 'boolean', about: 'print the new token, alone on standard output' },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ host, out, err, flags, paths }) {
    const { kept, path, isTakenUp, token } = (await host()).rotateToken()
    if (flags.json) {
      const isRunning = (await readRuntime(paths.runtimeFile))?.isAlive === true
      const shown = flags.show ? { token: token.reveal() } : {}
      out(`${JSON.stringify({ ok: true, kept, path, isRunning, isTakenUp: isRunning && isTakenUp, ...shown })}\n`)
      return 0
    }
    const say = flags.show ? err : out
    say(`✅ The gateway has a new token, kept in ${path}${kept === 'settings' ? ' as gateway.auth.token' : ''}\n`)
    if (isTakenUp) say('   A gateway that runs takes it up by itself and closes what the old one opened.\n')
    else
      say(
        '   Settings are not reloaded (gateway.reload.mode); until then the old one counts: clawdbot gateway restart\n',
      )
    say('   Approved devices come back with tokens of their own; whoever else uses the token needs the new one.\n')
    if (flags.show) out(`${token.reveal()}\n`)
    return 0
  },
})
