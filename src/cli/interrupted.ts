/** How a command ends that was asked to end: with 128 and the number of the signal, as shells count it. */

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

export type Ending = keyof typeof exitCodes
export const endings = Object.keys(exitCodes) as readonly Ending[]

/** The reason of a command's signal. */
export class Interrupted extends Error {
  readonly exitCode: number

  constructor(name: Ending) {
    super('interrupted')
    this.exitCode = exitCodes[name]
  }
}

/** The exit code of a command whose signal has ended. */
export function interruptedExit({ reason }: AbortSignal): number {
  return reason instanceof Interrupted ? reason.exitCode : exitCodes.SIGINT
}
