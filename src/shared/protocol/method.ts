/** How a method of the wire is defined: its name, who may call it, what it takes and gives. */

import type * as z from 'zod'
import { once } from '../std/once.ts'
import type { Role, Scope } from './scope.ts'

export type Method<N extends string = string, P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> = {
  readonly name: N
  /** One line for the printed protocol reference. */
  readonly about: string
  readonly scope: Scope
  /** Which role may call it; an operator's methods are refused to nodes and the other way round. */
  readonly role: Role
  readonly params: P
  readonly result: R
  /** True for methods of ours that no other gateway of the ecosystem has. */
  readonly extension: boolean
}

/** Schemas are given as functions and built when first used: all of them take longer than an empty Node takes to start. */
export function defineMethod<const N extends string, P extends z.ZodType, R extends z.ZodType>(method: {
  name: N
  about: string
  scope: Scope
  role?: Role
  params: () => P
  result: () => R
  extension?: boolean
}): Method<N, P, R> {
  const { params, result, ...facts } = method
  const schemas = { params: once(params), result: once(result) }
  return {
    role: 'operator',
    extension: false,
    ...facts,
    get params() {
      return schemas.params()
    },
    get result() {
      return schemas.result()
    },
  }
}
