/** Node's HTTP server, loaded without the HTTP client that comes along with an import of it. */

import type * as Http from 'node:http'

/**
 * `import … from 'node:http'` reads every export, and reading `WebSocket` there loads all of `fetch`: 45 ms and 14 MB at
 * start (bench/start.ts). A gateway that asks no model needs neither.
 */
export function nodeHttp(): typeof Http {
  return process.getBuiltinModule('node:http')
}
