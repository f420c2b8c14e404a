// Which message that has not gone out is being written anew; set from the thread, read by the composer.
import type { Message } from '@/api/types'
import { createStore } from '@/live/store'
import { focusComposer } from './replying'

export const rewriting = createStore<Message | null>(null)

/** Words that go back into the box of a conversation, from a message that was taken back here. */
export const givenBack = createStore<{ conversation: string; text: string } | null>(null)

const free: readonly string[] = ['scheduled', 'queued', 'held', 'refused', 'failed']

/** Whether a message may be changed or taken back, as far as this page knows; the server decides. */
export function isFree(message: Message): boolean {
  return message.direction === 'out' && message.id !== message.client_id && message.content.type !== 'reaction' && free.includes(message.status) && message.sent_at === null
}

/** The words of a message that a person can write anew. */
export function wordsOf(message: Message): string | null {
  if (message.content.type === 'text') return message.content.body
  if (message.content.type === 'media' && message.content.kind !== 'voice' && message.content.kind !== 'audio' && message.content.kind !== 'sticker') return message.content.caption ?? ''
  return null
}

export function startRewrite(message: Message): void {
  rewriting.set(message)
  focusComposer()
}

export function giveBack(conversation: string, text: string): void {
  givenBack.set({ conversation, text })
  focusComposer()
}
