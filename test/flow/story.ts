/** What the model tells in the terminal's tests, and how often each word of it is on the screen. */

export const story = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ')

export const counts = (screen: string): number[] =>
  Array.from({ length: 60 }, (_, index) => screen.match(new RegExp(`\\bword${index}\\b`, 'g'))?.length ?? 0)
