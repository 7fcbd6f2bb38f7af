/** A failure of the bootstrap that a person can do something about, and the reading of npm's own. Pure. */

/** What happened as one sentence, and what to do about it. */
export class BootstrapFailure extends Error {
  /** @param {string} sentence @param {string} remedy */
  constructor(sentence, remedy) {
    super(sentence)
    this.remedy = remedy
  }
}

/** `npm ci` will not work because the lock was not made from this package.json; `npm install` will. */
export class LockMismatch extends BootstrapFailure {}

/** What npm prints, what it means, and what helps. The first row that matches wins. */
const readings = [
  {
    sign: /\bENOSPC\b|no space left on device/i,
    sentence: 'The disk is full, so npm could not finish.',
    remedy: 'Free about 500 MB (npm cache clean --force frees some) and run the same command again.',
  },
  {
    sign: /\b(ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/,
    sentence: 'npm could not reach the package registry.',
    remedy: 'Check the network, and the proxy if there is one (npm config get proxy), then run the same command again.',
  },
  {
    sign: /SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|CERT_(HAS_EXPIRED|NOT_YET_VALID)|unable to get local issuer/i,
    sentence: 'npm does not trust the certificate the registry (or a proxy before it) showed.',
    remedy: 'Check the clock, and name the proxy’s certificate in NODE_EXTRA_CA_CERTS if there is one.',
  },
  {
    sign: /\bE40[137]\b/,
    sentence: 'The package registry refused npm.',
    remedy: 'Look at npm config get registry and its login; without special settings no login is needed.',
  },
  {
    sign: /\bE404\b|\bETARGET\b/,
    sentence: 'The package registry does not have a package this project needs.',
    remedy: 'Look at npm config get registry: a mirror may lag behind; the public registry has them all.',
  },
  {
    sign: /\b(EACCES|EPERM|EROFS)\b/,
    sentence: 'npm may not write where it has to: this folder or its cache.',
    remedy: 'Make both yours (sudo chown -R "$USER" . ~/.npm) and run the same command again without sudo.',
  },
  {
    sign: /\b(EINTEGRITY|EBADSIZE)\b|ZlibError|TAR_BAD_ARCHIVE/,
    sentence: 'A package arrived damaged.',
    remedy: 'Run npm cache clean --force, then the same command again.',
  },
]

/**
 * Reads what npm printed when it failed. What nobody foresaw is shown as npm said it.
 * @param {string} output @returns {BootstrapFailure}
 */
export function explainNpm(output) {
  if (/\bEUSAGE\b/.test(output)) {
    return new LockMismatch(
      'package-lock.json does not fit package.json.',
      'Run npm install and commit package-lock.json.',
    )
  }
  const known = readings.find(({ sign }) => sign.test(output))
  if (known) return new BootstrapFailure(known.sentence, known.remedy)
  const said = output
    .split('\n')
    .filter((line) => line.trim() !== '' && !/complete log of this run|debug-0\.log/.test(line))
  return new BootstrapFailure(
    `npm failed:\n${said.slice(0, 12).join('\n')}`,
    'Run npm ci by hand to see all of its output.',
  )
}
