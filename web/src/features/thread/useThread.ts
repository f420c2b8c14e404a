import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { messagesQuery } from '@/api/queries'
import type { Id, Message } from '@/api/types'
import { asMessage, outbox, type OutboxEntry } from '@/live/outbox'
import { useStore } from '@/live/store'

/** The messages of a conversation, oldest first, with what still waits in this browser's outbox at the end. */
export function useThread(conversation: Id) {
  const query = useInfiniteQuery(messagesQuery(conversation))
  const waiting = useStore(outbox)
  const { data } = query
  const messages = useMemo(() => join(data?.pages.flatMap((page) => page.items) ?? [], waiting, conversation), [data, waiting, conversation])
  return { ...query, messages }
}

function join(stored: Message[], waiting: OutboxEntry[], conversation: Id): Message[] {
  const oldestFirst = [...stored].reverse()
  const arrived = new Set(stored.map((message) => message.client_id))
  const own = waiting.filter((entry) => entry.conversation_id === conversation && !arrived.has(entry.client_id))
  return [...oldestFirst, ...own.filter((entry) => entry.content.type !== 'reaction').map(asMessage)]
}
