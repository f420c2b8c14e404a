// Which message the next one answers; set from the thread, read by the composer.
import type { Message } from '@/api/types'
import { createStore } from '@/live/store'

export const replying = createStore<Message | null>(null)
export const composerFocus = createStore(0)

export function startReply(message: Message): void {
  replying.set(message)
  focusComposer()
}

export function focusComposer(): void {
  composerFocus.set((count) => count + 1)
}
