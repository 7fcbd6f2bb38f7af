/** What is run on a server to let a key in: a script for any POSIX shell, which changes nothing the second time. Pure. */

import { variablesOf } from '../../shared/std/env-file.ts'
import { Secret } from '../../shared/std/secret.ts'

/** Only such a line is put into a script: a kind, base64, and a comment that means nothing to a shell. */
const keyLine = /^(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp\d{3}|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]+=*(?: [A-Za-z0-9@._-]+)?$/

/**
 * Given to `sh` on its standard input. A link to `authorized_keys` stays one; a line that is there in any form, also with
 * options in front, is left as it is. With `wantsToken` it also tells the token of a gateway there, as far as its files do.
 */
export function authorizeScript(publicLine: string, wantsToken: boolean): string {
  if (!keyLine.test(publicLine)) throw new Error('not the line of a public key')
  const [, blob = ''] = publicLine.split(' ')
  return `set -eu
umask 077
cd "$HOME"
[ -d .ssh ] || mkdir .ssh
chmod 700 .ssh
keys=.ssh/authorized_keys
touch "$keys"
chmod 600 "$keys"
if grep -v '^[[:space:]]*#' "$keys" | grep -qF '${blob}'; then
  echo clawdbot:there
else
  [ -z "$(tail -c 1 "$keys")" ] || echo >>"$keys"
  printf '%s\\n' '${publicLine}' >>"$keys"
  if command -v restorecon >/dev/null 2>&1; then restorecon -F .ssh "$keys" >/dev/null 2>&1 || :; fi
  echo clawdbot:added
fi
${wantsToken ? tokenScript : ''}`
}

/**
 * The two files beside the settings. Which folder they are in, a login knows only where its own environment says; the
 * settings are more than a shell can read, and hold other secrets too.
 */
const tokenScript = `state="\${CLAWDBOT_STATE_DIR:-$HOME/.clawdbot}"
if [ -r "$state/gateway.env" ]; then sed -n 's/^[[:blank:]]*CLAWDBOT_GATEWAY_TOKEN[[:blank:]]*=/clawdbot:variable &/p' "$state/gateway.env" || :; fi
if [ -r "$state/gateway-token" ]; then printf 'clawdbot:token %s\\n' "$(cat "$state/gateway-token")"; fi
`

export type Authorized = { readonly state: 'added' | 'there'; readonly token: Secret | undefined }

/** Reads what it printed, whatever the login's own files printed before. Undefined when it did not get through. */
export function readAuthorized(output: string): Authorized | undefined {
  const [, state] = /^clawdbot:(added|there)\r?$/m.exec(output) ?? []
  if (state !== 'added' && state !== 'there') return undefined
  const [, inFile] = /^clawdbot:token ([A-Za-z0-9_-]{16,512})\r?$/m.exec(output) ?? []
  const token = tokenInVariable(output) ?? inFile
  return { state, token: token === undefined ? undefined : new Secret(token) }
}

/** The gateway too takes its own file only where the variable says nothing. */
function tokenInVariable(output: string): string | undefined {
  const lines = [...output.matchAll(/^clawdbot:variable (.*)$/gm)].map(([, line]) => line)
  const value = variablesOf(lines.join('\n')).CLAWDBOT_GATEWAY_TOKEN?.trim() ?? ''
  return /^\P{C}{1,512}$/u.test(value) ? value : undefined
}
