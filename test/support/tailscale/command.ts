/**
 * The stand-in `tailscale` command, run as `node command.ts <world.json> <arguments>`. It keeps to the documented syntax,
 * JSON and messages of the real one (source of 1.9x, cmd/tailscale/cli).
 */

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { serveOrFunnel } from './serve.ts'
import { statusDocument, type World } from './world.ts'

const [worldPath = '', ...args] = process.argv.slice(2)
const world: World = JSON.parse(readFileSync(worldPath, 'utf8'))

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function status(flags: readonly string[]): void {
  const unknown = flags.find((flag) => flag !== '--json' && flag !== '--peers=false')
  if (unknown !== undefined) fail(`flag provided but not defined: ${unknown}`)
  process.stdout.write(JSON.stringify(statusDocument(world, !flags.includes('--peers=false')), null, 2))
}

/** Everybody of the stand-in's tailnet is Ada. */
function whois(address: string | undefined): void {
  const machine = [world.self, ...world.peers].find(({ addresses }) => addresses.includes(address ?? ''))
  if (!machine) fail('peer not found')
  const UserProfile = { ID: 1, LoginName: 'ada@example.com', DisplayName: 'Ada' }
  process.stdout.write(JSON.stringify({ Node: { Name: `${machine.name}.${world.suffix}.` }, UserProfile, CapMap: {} }))
}

if (world.garbled) {
  process.stdout.write(world.garbled.stdout ?? '')
  if (world.garbled.stderr !== undefined) fail(world.garbled.stderr)
} else if (world.backend === 'down') {
  fail("failed to connect to local tailscaled; it doesn't appear to be running (sudo systemctl start tailscaled ?)")
} else if (args[0] === 'status') status(args.slice(1))
else if (args[0] === 'whois' && args[1] === '--json') whois(args[2])
else if (args[0] === 'serve' || args[0] === 'funnel') {
  serveOrFunnel(args[0], args.slice(1), world, join(dirname(worldPath), 'serve.json'), fail)
} else fail(`tailscale: unknown subcommand: ${args[0]}`)
