// Which conversations are picked to be changed together. It belongs to one list: another filter begins anew.
import { createStore } from '@/live/store'
import type { Id } from '@/api/types'

export interface Selection {
  /** The list it belongs to. */
  scope: string
  ids: ReadonlySet<Id>
  /** Everything that the list's filter matches, not only what is loaded. */
  all: boolean
}

/** Null while nothing is being picked. */
export const selection = createStore<Selection | null>(null)

export function startSelecting(scope: string, ids: readonly Id[] = []): void {
  selection.set({ scope, ids: new Set(ids), all: false })
}

export function stopSelecting(): void {
  selection.set(null)
}

/** Picks a conversation, or lets it go; letting the last one go ends picking by key. */
export function pick(scope: string, id: Id): void {
  selection.set((old) => {
    const ids = new Set(old?.scope === scope ? old.ids : [])
    if (!ids.delete(id)) ids.add(id)
    return { scope, ids, all: false }
  })
}
