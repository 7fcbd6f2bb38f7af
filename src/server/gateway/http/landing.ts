/** The page a browser sees at `/`: that a gateway is here, and how to reach it. No script, nothing loaded. */

import { createHash } from 'node:crypto'

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:15vh auto;padding:0 1em;color-scheme:light dark}' +
  'code{font-size:.95em}'

export const landingPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Clawdbot gateway</title>
<style>${style}</style>
<h1>This is a Clawdbot gateway</h1>
<p>It is running. Talk to it from a terminal:</p>
<p><code>clawdbot</code> opens the full-screen terminal, <code>clawdbot health</code> checks this gateway.</p>
<p>Programs connect with a WebSocket on this same address.</p>
</html>
`

/** The one style the page may use, named by its hash for the content security policy. */
export function landingStyleHash(): string {
  return `sha256-${createHash('sha256').update(style).digest('base64')}`
}
