/** The wizard's screen as painted lines, composed again when the sheet, the size or the colors changed. */

import { createPainter } from '../layout/paint.ts'
import { themes } from '../theme/themes.ts'
import type { ColorDepth, ThemeName } from '../theme/tokens.ts'
import type { WizardDesk } from './desk.ts'
import { wizardView } from './view.ts'

type Painted = {
  readonly lines: readonly string[]
  readonly cursor: { readonly row: number; readonly column: number } | undefined
}

export class WizardPicture {
  readonly #desk: WizardDesk
  readonly #listeners = new Set<() => void>()
  #size: { readonly columns: number; readonly rows: number }
  #painter = createPainter(themes.none, 'none')
  #painted: Painted | undefined

  constructor(desk: WizardDesk, size: { readonly columns: number; readonly rows: number }) {
    this.#desk = desk
    this.#size = size
    desk.subscribe(() => this.#changed())
  }

  /** Fits `useSyncExternalStore`, with `get`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly get = (): Painted => {
    this.#painted ??= this.#paint()
    return this.#painted
  }

  resize(size: { readonly columns: number; readonly rows: number }): void {
    this.#size = size
    this.#changed()
  }

  setColors(theme: ThemeName, depth: ColorDepth): void {
    this.#painter = createPainter(themes[theme], depth)
    this.#changed()
  }

  #paint(): Painted {
    const { rows, cursor } = wizardView(this.#desk.sheet, this.#size.columns, this.#size.rows)
    return { lines: rows.map(this.#painter), cursor }
  }

  #changed(): void {
    this.#painted = undefined
    for (const listener of [...this.#listeners]) listener()
  }
}
