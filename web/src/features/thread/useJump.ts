import { useEffect } from 'react'
import type { Message } from '@/api/types'

interface Source {
  messages: Message[]
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

/** Brings a message into view, fetching older pages until it is there; gives its id back so that it can be marked. */
export function useJump(target: string | undefined, { messages, hasNextPage, isFetchingNextPage, fetchNextPage }: Source): string | undefined {
  const found = target !== undefined && messages.some((message) => message.id === target)
  useEffect(() => {
    if (target && !found && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [target, found, hasNextPage, isFetchingNextPage, fetchNextPage])
  useEffect(() => {
    if (found && target) document.getElementById(`message-${target}`)?.scrollIntoView({ block: 'center' })
  }, [found, target])
  return found ? target : undefined
}
