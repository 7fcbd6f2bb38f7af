/** A text setting whose value is a secret: marked in the schema, so that redaction and the docs know. */

import * as z from 'zod'

/** Give a `${VARIABLE}` rather than the value itself wherever the file may be seen by others. */
export function secretText(description: string) {
  return z.string().min(1).meta({ description, secret: true })
}
