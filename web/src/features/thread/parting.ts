// Which conversation somebody wants to split or merge. Small, because the inbox loads it at once; the dialogs come later.
import type { Id } from '@/api/types'
import { createStore } from '@/live/store'

export interface Parting {
  kind: 'split' | 'merge'
  conversation: Id
  /** The message to split from, or the conversation to merge with; left out, it is chosen. */
  at?: Id
}

export const parting = createStore<Parting | null>(null)

export function askSplit(conversation: Id, message?: Id): void {
  parting.set({ kind: 'split', conversation, at: message })
}

export function askMerge(conversation: Id, other?: Id): void {
  parting.set({ kind: 'merge', conversation, at: other })
}
