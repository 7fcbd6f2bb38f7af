/** Refusals that a handler may make for want of authority; dispatch words them per protocol (section 2.2). */

import type { Scope } from '../../shared/protocol/scope.ts'

/** Thrown by a handler whose call needs more than the method's own scope. */
export class MissingScope extends Error {
  readonly scope: Scope

  constructor(scope: Scope) {
    super(`missing scope: operator.${scope}`)
    this.name = 'MissingScope'
    this.scope = scope
  }
}
