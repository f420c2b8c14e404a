// Which messages that have not gone out are being written anew, by conversation; set from the thread, read by the composer.
import type { Id, Message } from '@/api/types'
import { createStore } from '@/live/store'
import { changeDraft, withGivenBack, type GivenBack } from './drafts'
import { focusComposer } from './replying'

/** A message being written anew, and its words as they stand in the box. */
export interface Rewriting {
  message: Message
  text: string
}

export const rewriting = createStore<ReadonlyMap<Id, Rewriting>>(new Map())

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

/** Puts a message's words into the box; those that stand there already, changed or not, stay. */
export function startRewrite(message: Message): void {
  const { conversation_id: conversation } = message
  rewriting.set((old) => (old.get(conversation)?.message.id === message.id ? old : new Map(old).set(conversation, { message, text: wordsOf(message) ?? '' })))
  focusComposer()
}

export function writeAnew(conversation: Id, text: string): void {
  rewriting.set((old) => {
    const known = old.get(conversation)
    return known ? new Map(old).set(conversation, { ...known, text }) : old
  })
}

/** Gives up writing anew: whatever it is, or only this message. */
export function stopRewrite(conversation: Id, message?: Id): void {
  rewriting.set((old) => {
    const known = old.get(conversation)
    if (!known || (message !== undefined && known.message.id !== message)) return old
    const rest = new Map(old)
    rest.delete(conversation)
    return rest
  })
}

/** Puts words that were taken back into the box of their conversation. */
export function giveBack(conversation: Id, back: GivenBack): void {
  changeDraft(conversation, (draft) => withGivenBack(draft, back))
  focusComposer()
}
