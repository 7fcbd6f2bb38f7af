/**
 * Copying. On the machine itself its own tool; over SSH, or without a tool, OSC 52, which the terminal in front of the
 * person obeys if it is allowed to. What was used is told, since OSC 52 cannot say whether it worked.
 */

export type Copied =
  /** A tool took it. */
  | { kind: 'copied'; via: string }
  /** Asked of the terminal, which may refuse without a word. */
  | { kind: 'sent'; via: 'OSC 52' }
  | { kind: 'failed'; reason: string }

export type ClipboardEnv = Readonly<
  Partial<Record<'SSH_CONNECTION' | 'SSH_TTY' | 'WAYLAND_DISPLAY' | 'DISPLAY' | 'TMUX' | 'WSL_DISTRO_NAME', string>>
>

export type ClipboardPort = {
  /** Runs a tool with this text on its stdin. True when it ended well; false when it is missing or failed. */
  pipe(command: string, args: readonly string[], text: string): Promise<boolean>
  /** Writes to the terminal. */
  write(sequence: string): void
}

/** Longest text sent by OSC 52, in bytes. xterm takes more; some terminals and tmux drop what is over 74,994 encoded. */
export const maxOsc52Bytes = 56_000

export async function copyText(
  text: string,
  env: ClipboardEnv,
  platform: string,
  port: ClipboardPort,
): Promise<Copied> {
  for (const [command, ...args] of clipboardTools(env, platform)) {
    if (command && (await port.pipe(command, args, text))) return { kind: 'copied', via: command }
  }
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > maxOsc52Bytes) {
    return {
      kind: 'failed',
      reason: `${bytes.length} bytes are too many for OSC 52; export the text to a file instead`,
    }
  }
  port.write(osc52(bytes, env))
  return { kind: 'sent', via: 'OSC 52' }
}

/** The tools worth trying here, best first. Over SSH none: they would copy on the far machine. */
export function clipboardTools(env: ClipboardEnv, platform: string): string[][] {
  if (env.SSH_CONNECTION || env.SSH_TTY) return []
  if (platform === 'darwin') return [['pbcopy']]
  if (platform === 'win32' || env.WSL_DISTRO_NAME) return [['clip.exe']]
  const tools: string[][] = []
  if (env.WAYLAND_DISPLAY) tools.push(['wl-copy'])
  if (env.DISPLAY) tools.push(['xclip', '-selection', 'clipboard'], ['xsel', '--clipboard', '--input'])
  return tools
}

/** OSC 52, inside tmux also as a passthrough so that the outer terminal hears it. */
function osc52(bytes: Uint8Array, env: ClipboardEnv): string {
  const sequence = `\x1b]52;c;${Buffer.from(bytes).toString('base64')}\x07`
  return env.TMUX ? `${sequence}\x1bPtmux;\x1b${sequence}\x1b\\` : sequence
}
