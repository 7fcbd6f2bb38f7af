/** What was done to a service, for people. Pure. */

import type { ServiceReport } from '../client/service/service-manager.ts'
import { harmless, oneLine } from './style.ts'

export function serviceReportLines({ done, toDo, remarks }: ServiceReport, what: string): string {
  const lines = (words: readonly string[]) => words.map((line) => `   ${oneLine(line)}\n`).join('')
  const start = toDo.length > 0 ? `   To start it, where one does:\n${lines(toDo)}` : ''
  return `✅ ${oneLine(what)}\n${lines(done)}${remarks.map((remark) => `   ${harmless(remark)}\n`).join('')}${start}`
}
