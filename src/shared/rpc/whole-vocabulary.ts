/** Every method and event of the protocol table, for clients that may need any of them. */

import { eventTable, methodTable } from '../protocol/table.ts'
import type { Vocabulary } from './vocabulary.ts'

export const wholeVocabulary: Vocabulary = {
  method: (name) => methodTable.get(name),
  event: (name) => eventTable.get(name),
}
