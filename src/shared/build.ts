/** What the build says about itself. Read from source (tests, tools) both fall back to a plain marker. */

declare const __VERSION__: string | undefined
declare const __COMMIT__: string | undefined

/** The package's version, such as `0.1.0`; `0.0.0-source` when the code was not built. */
export const version: string = typeof __VERSION__ === 'string' ? __VERSION__ : '0.0.0-source'

/** Short git commit the build was made from; empty when it was made outside a repository. */
export const commit: string = typeof __COMMIT__ === 'string' ? __COMMIT__ : ''
