/** Progress for the person waiting. All of it goes to stderr: stdout belongs to the program that starts after. */

/** @param {string} line */
export function say(line) {
  process.stderr.write(`▸ ${line}\n`)
}

/**
 * Shows that something long is alive: each second in place on a terminal, every 15 s as a line elsewhere.
 * @param {() => string} text @returns {() => void} stops it and clears the line
 */
export function ticker(text) {
  const live = Boolean(process.stderr.isTTY)
  const started = Date.now()
  const show = () => {
    const line = `  ${text()} · ${Math.round((Date.now() - started) / 1000)} s`
    process.stderr.write(live ? `\r\u001b[K${line}` : `${line}\n`)
  }
  const timer = setInterval(show, live ? 1000 : 15_000)
  return () => {
    clearInterval(timer)
    if (live) process.stderr.write('\r\u001b[K')
  }
}
