/** Values from strangers against a schema. */

import * as z from 'zod'

type Context = z.core.ParseContext<z.core.$ZodIssue>

/**
 * As `schema.safeParse`, for every value that comes from outside: none of them makes it throw. Zod (4.6) compares
 * the length of whatever has one with its limit, also of what is no string or list, and an object's may be none that
 * turns into a number: `{ "length": { "toString": null } }`. Then that is the only problem told, and not where it is. A
 * failure of ours in a schema is thrown on.
 */
export function readAs<T extends z.ZodType>(
  schema: T,
  value: unknown,
  context?: Context,
): z.ZodSafeParseResult<z.output<T>> {
  try {
    return schema.safeParse(value, context)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const issue: z.core.$ZodIssue = {
      code: 'custom',
      path: [],
      message: 'a length in it is no number',
      input: undefined,
    }
    return { success: false, error: new z.ZodError([issue]) as z.ZodError<unknown> as z.ZodError<z.output<T>> }
  }
}
