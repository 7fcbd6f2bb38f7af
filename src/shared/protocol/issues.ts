/** Validation problems as one line of text, in the shape the ecosystem's clients print (section 2.2). */

import type * as z from 'zod'

/** `must have required property 'message'; at root: unexpected property 'x'`; at most ten problems. */
export function describeIssues(error: z.ZodError): string {
  const lines = error.issues.flatMap(describeIssue)
  const shown = lines.slice(0, 10).join('; ')
  return lines.length > 10 ? `${shown}; and ${lines.length - 10} more` : shown
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const parent = pointer(issue.path.slice(0, -1))
  if (issue.code === 'invalid_type' && issue.input === undefined && issue.path.length > 0) {
    return [`${parent === 'root' ? '' : `at ${parent}: `}must have required property '${String(issue.path.at(-1))}'`]
  }
  const at = pointer(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `at ${at}: unexpected property '${key.slice(0, 64)}'`)
  }
  return [`at ${at}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`]
}

function pointer(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'root' : `/${path.map(String).join('/')}`
}
