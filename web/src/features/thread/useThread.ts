import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { keys } from '@/api/keys'
import { messagesQuery, threadPage, type ThreadPlace } from '@/api/queries'
import type { Id, Message } from '@/api/types'
import { asMessage, outbox, type OutboxEntry } from '@/live/outbox'
import { useStore } from '@/live/store'

/** The messages of a conversation, oldest first, with what still waits in this browser's outbox at the end. */
export function useThread(conversation: Id) {
  const client = useQueryClient()
  const query = useInfiniteQuery(messagesQuery(conversation))
  const waiting = useStore(outbox)
  const { data } = query
  const messages = useMemo(() => join(data?.pages.flatMap((page) => page.items) ?? [], waiting, conversation), [data, waiting, conversation])
  /** Shows another part of the thread instead of what is shown now: its end (`null`), or what stands round a message. */
  const show = useCallback(
    async (place: ThreadPlace) => {
      const page = await threadPage(conversation, place)
      await client.cancelQueries({ queryKey: keys.messages(conversation) })
      client.setQueryData(keys.messages(conversation), { pages: [page], pageParams: [place] })
    },
    [client, conversation],
  )
  return { ...query, messages, show }
}

function join(stored: Message[], waiting: OutboxEntry[], conversation: Id): Message[] {
  const oldestFirst = [...stored].reverse()
  const arrived = new Set(stored.map((message) => message.client_id))
  const own = waiting.filter((entry) => entry.conversation_id === conversation && !arrived.has(entry.client_id))
  return [...oldestFirst, ...own.filter((entry) => entry.content.type !== 'reaction').map(asMessage)]
}
