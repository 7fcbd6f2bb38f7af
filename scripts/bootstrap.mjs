/**
 * What `npm start` and `npm test` run first: fetches the packages and the right Node when they are missing, builds
 * when the sources changed, then becomes the program. Plain JavaScript without dependencies, for any Node since 18.
 * This file only checks the version, in words that far older versions still understand.
 */
const major = Number(process.versions.node.split('.')[0])
if (major < 18) {
  console.error(`Node ${process.versions.node} is too old to fetch what Clawdbot needs; any version since 18 will do.`)
  console.error('Install a current one from https://nodejs.org, then run the same command again.')
  process.exit(1)
}
void import('./bootstrap/main.mjs').then((main) => main.bootstrap(process.argv.slice(2)))
