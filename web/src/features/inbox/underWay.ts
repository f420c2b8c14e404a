// Changes to many conversations that are under way, for the line that shows how far they are, and the last one that can be taken back.
import type { BulkChange } from '@/api/types'
import { createKeptStore, createStore } from '@/live/store'

export const underWay = createStore<readonly BulkChange[]>([])

/** The last change of a person that the server would take back; kept, because it may be days' work that was changed by mistake. */
export const undoable = createKeptStore<BulkChange | null>('rapport.undoable', null)
