/** Flags of the gateway itself, the same for `clawdbot-server` and `clawdbot gateway start`. */

export const serverFlags = {
  port: { type: 'string', value: '<n>', about: 'port of WebSocket and HTTP (18789)' },
  bind: {
    type: 'string',
    value: '<mode>',
    about: 'where to listen (loopback)',
    choices: ['loopback', 'lan', 'tailnet', 'auto', 'custom'],
  },
  tailscale: {
    type: 'string',
    value: '<mode>',
    about: 'reachable for the tailnet, or for the internet (off)',
    choices: ['off', 'serve', 'funnel'],
  },
  auth: { type: 'string', value: '<mode>', about: 'what it asks for (token)', choices: ['token', 'password'] },
  token: {
    type: 'string',
    value: '<text>',
    about: 'shared token; better in CLAWDBOT_GATEWAY_TOKEN: flags are seen by other accounts',
  },
  password: { type: 'string', value: '<text>', about: 'shared password; better in CLAWDBOT_GATEWAY_PASSWORD' },
} as const
