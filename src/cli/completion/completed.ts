/** What a shell completes, whichever it is. */

/** What stands after a flag or a command: a name of a profile, a file, a shell, or something no shell can know. */
export type Takes = 'profile' | 'file' | 'shell' | 'nothing'

export type CompletedFlag = {
  readonly name: string
  readonly about: string
  readonly hasValue: boolean
  readonly choices: readonly string[]
  readonly takes: Takes
}

export type Completed = {
  /** Empty for what stands without a command. */
  readonly name: string
  readonly about: string
  readonly takes: Takes
  readonly flags: readonly CompletedFlag[]
}

/** Prints the names of profiles, one a line, without loading much. */
export const profilesCall = 'clawdbot __profiles'

/** First words, each once, with what a person reads about it. */
export function firstWords(commands: readonly Completed[]): { readonly name: string; readonly about: string }[] {
  const names = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))].filter((name) => name !== '')
  return names.map((name) => {
    const own = commands.find((one) => one.name === name)
    const second = commands
      .filter((one) => one.name.startsWith(`${name} `))
      .map((one) => one.name.slice(name.length + 1))
    return { name, about: own?.about ?? second.join(', ') }
  })
}

export function secondWords(commands: readonly Completed[], first: string): readonly Completed[] {
  return commands.filter(({ name }) => name.startsWith(`${first} `))
}

/** Groups, such as `gateway`. */
export function groups(commands: readonly Completed[]): string[] {
  return firstWords(commands)
    .map(({ name }) => name)
    .filter((name) => secondWords(commands, name).length > 0)
}
