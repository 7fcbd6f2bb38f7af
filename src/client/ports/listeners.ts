/** Who listens where, as the operating system tells it: Linux's tables in /proc, and `lsof` elsewhere. Pure. */

/** One listening socket of `/proc/net/tcp` or `tcp6`. */
export type ListeningSocket = { readonly inode: number; readonly uid: number }

/** State of a listening socket in these tables. https://docs.kernel.org/networking/proc_net_tcp.html */
const listen = '0A'

/** The sockets that make `port` unusable on loopback: those on a loopback address, and those on every address. */
export function listenersIn(table: string, port: number): ListeningSocket[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , uid = '', , inode = ''] = line.trim().split(/\s+/)
      const [address = '', digits = ''] = local.split(':')
      if (state !== listen || Number.parseInt(digits, 16) !== port || !takesLoopback.test(address)) return []
      return [{ inode: Number(inode), uid: Number(uid) }]
    })
}

/** Every address, 127.0.0.0/8, `::1`, and IPv4 mapped into IPv6, in words of 32 bits with their bytes turned around. */
const takesLoopback = /^(0{8}|0{32}|[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000([0-9A-F]{6}7F|0{8}))$/

export type Listener = { readonly pid: number; readonly program: string; readonly uid: number | undefined }

/** `lsof -F pcu`: one fact a line, its kind as the first letter, each process begun by `p`. */
export function parseLsof(output: string): Listener[] {
  const found: { pid: number; program: string; uid: number | undefined }[] = []
  for (const line of output.split('\n')) {
    const value = line.slice(1)
    const last = found.at(-1)
    if (line.startsWith('p')) found.push({ pid: Number(value), program: '', uid: undefined })
    else if (line.startsWith('c') && last) last.program = value
    else if (line.startsWith('u') && last) last.uid = Number(value)
  }
  return found
}

/** Programs whose name says nothing: the script they run does. */
const interpreters = /^(node|nodejs|bun|deno|python[\d.]*|ruby[\d.]*|perl|java|php[\d.]*|sh|bash|zsh|dash)$/

/** Options whose next word is the program's text or another file than the script: `-e`, `-lc`, `--print`, `java -cp`. */
const takesText = /^(-(?!jar$)[a-z]{0,2}[ecpr]|--(eval|print|require|import)\b.*)$/i

/** What people call a process, from its `argv`. Arguments are left out: they may hold anything. */
export function programName(argv: readonly string[]): string {
  const [path = '', ...rest] = argv
  const program = baseName(path)
  const at = rest.findIndex((word) => !word.startsWith('-'))
  const script = rest.slice(0, at).some((word) => takesText.test(word)) ? undefined : rest[at]
  return interpreters.test(program) && script !== undefined ? `${program} ${baseName(script)}` : program
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The account of a uid, from the text of /etc/passwd. */
export function accountOf(uid: number, passwd: string): string | undefined {
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([, , id]) => id === String(uid))?.[0]
}
