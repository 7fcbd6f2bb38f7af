/** What the schema of a profile finds wrong, in words for the person who typed it. Pure. */

export type Issue = { readonly path: readonly PropertyKey[]; readonly message: string }

/** The schema's own words where it has some; what its library says of numbers and lengths in ours. */
export function issueText({ path = [], message = '' }: Partial<Issue> = {}): string {
  if (path.some((part) => /port$/i.test(String(part)))) return 'must be a number from 1 to 65535'
  if (/^Too big/.test(message)) return 'is too long'
  if (/^Too small/.test(message)) return 'must not be empty'
  const options = /^Invalid option: expected one of (.+)$/.exec(message)?.[1]
  if (options !== undefined) return `must be one of ${options.replaceAll('"', '').split('|').join(', ')}`
  return /^Invalid/.test(message) ? 'is not complete' : message
}
