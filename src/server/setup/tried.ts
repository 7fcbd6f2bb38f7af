/** What came of trying an answer at the service it is for. */

/** `atMs`: the time at the service, milliseconds since 1970. */
export type Tried = { readonly atMs?: number | undefined } & (
  | { readonly ok: true; readonly note: string; readonly models?: readonly string[] }
  | { readonly ok: false; readonly text: string; readonly remedy?: string; readonly isAddress?: boolean }
)
