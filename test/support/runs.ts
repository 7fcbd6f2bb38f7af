/**
 * How many cases a property tries: all of them in CI, a quarter on a person's machine, where the whole check has a minute.
 * The cases are others each time there, so that the sum over the days is the same.
 */
export const runs = (all: number): number => (process.env.CI ? all : Math.ceil(all / 4))
