/** The page a browser sees at `/`: that a gateway is here, that it runs, and how to reach it. No script, nothing loaded. */

import { createHash } from 'node:crypto'

const style = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--paper:#fff;--code:#f6f8fa;--good:#1a7f37}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--line:#30363d;--paper:#0d1117;--code:#161b22;--good:#3fb950}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,sans-serif}
main{max-width:38rem;margin:0 auto;padding:14vh 1.5rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
p{margin:.5rem 0;color:var(--soft)}
.state{margin:0 0 2.5rem;color:var(--ink)}
.state::before{content:"";display:inline-block;width:.6em;height:.6em;margin-right:.5em;border-radius:50%;background:var(--good)}
h2{font-size:1rem;margin:2rem 0 .5rem}
pre{margin:.5rem 0;padding:.75rem 1rem;overflow-x:auto;background:var(--code);border:1px solid var(--line);border-radius:6px}
code{font:.9em/1.6 ui-monospace,monospace}
`

/** `host` as the browser asked for it, port included. It has passed the gate, so it is one of the gateway's own names. */
export function landingPage(host: string): string {
  const address = host.replace(/[^\w.:[\]-]/g, '')
  const port = /:(\d+)$/.exec(address)?.[1] ?? '80'
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Clawdbot gateway</title>
<style>${style}</style>
<main>
<h1>This is a Clawdbot gateway</h1>
<p class="state">Running at ${address}</p>
<p>It keeps your conversations, runs the model and guards the tools. You talk to it from a terminal.</p>
<h2>On this machine</h2>
<pre><code>clawdbot</code></pre>
<h2>From another machine</h2>
<pre><code>ssh -N -L ${port}:127.0.0.1:${port} you@this-machine
clawdbot --url ws://127.0.0.1:${port}</code></pre>
<p>It needs the gateway’s token: <code>--token</code>, or <code>CLAWDBOT_GATEWAY_TOKEN</code>.</p>
<h2>Is it well?</h2>
<pre><code>clawdbot health</code></pre>
<p>Programs ask <code>/health</code> and <code>/ready</code>, and connect with a WebSocket on this same address.</p>
</main>
</html>
`
}

/** The one style the page may use, named by its hash for the content security policy. */
export function landingStyleHash(): string {
  return `sha256-${createHash('sha256').update(style).digest('base64')}`
}
