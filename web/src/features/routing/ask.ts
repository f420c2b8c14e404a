// Which conversation somebody is asked about before it is resolved. Small, because the inbox loads it at once; the form comes later.
import type { Conversation } from '@/api/types'
import { createStore } from '@/live/store'

/** Before the names of all that is cached about closing: what must be said, and the categories to choose from. */
export const closingKey = ['closing'] as const

export const closingAsk = createStore<Conversation | null>(null)

/** Asks what the conversation was about, then resolves it. */
export function askClosing(conversation: Conversation): void {
  closingAsk.set(() => conversation)
}
