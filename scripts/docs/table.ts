/** The pages of `docs` that are printed from the code, by hand in this list; a test keeps them current. */
import { printAudit } from './audit.ts'
import { printConfig } from './config.ts'
import { printProtocol } from './protocol.ts'

type Page = { path: string; print: () => string }

export const pages: readonly Page[] = [
  { path: 'docs/protocol.md', print: printProtocol },
  { path: 'docs/config.md', print: printConfig },
  { path: 'docs/audit.md', print: printAudit },
]
