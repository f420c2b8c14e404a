// The live feed: one EventSource for the browser tab, resumed by cursor, patched into the query cache.
import type { Query, QueryClient } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import type { Id, LiveEvent } from '@/api/types'
import { setConnection } from './connection'
import { createGatherer } from './gather'
import { tellMention } from './mention'
import { noteLooking, noteTyping } from './presence'

const kinds = [
  'message.created', 'message.updated', 'conversation.created', 'conversation.updated', 'contact.created', 'contact.updated',
  'channel.updated', 'connection.updated', 'conversation.mentioned', 'views.updated', 'bulk.updated', 'tags.updated', 'typing', 'presence', 'hello', 'reset',
] as const

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** News of a conversation that was split or merged. */
function parted(data: unknown): boolean {
  return isRecord(data) && ['split_to', 'split_from', 'merged', 'merged_into'].some((name) => name in data)
}

/** A search that found something: reading it anew would repeat its whole look back. */
function looksBack({ queryKey, state }: Query): boolean {
  return queryKey[0] === keys.searches[0] && state.data !== undefined
}

export interface Feed {
  stop(): void
}

export function startFeed(client: QueryClient, me: Id, from: string): Feed {
  let cursor = from
  let source: EventSource | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let wait = 1000
  let dropped = false
  let stopped = false
  const gatherer = createGatherer(client, me)

  function hearTyping(event: LiveEvent): void {
    const data = isRecord(event.data) ? event.data : {}
    const user = String(data.user_id ?? '')
    if (!event.conversation_id || !user || user === me) return
    const state = String(data.state ?? 'idle')
    const sign = { conversation_id: event.conversation_id, user_id: user, name: String(data.name ?? '') }
    if (state === 'viewing' || state === 'left') return noteLooking(sign, state === 'left')
    noteTyping({ ...sign, state })
    if (state !== 'idle') noteLooking(sign, false)
  }

  /** Somebody was mentioned, added or told of a note: if it is us, at once and in words. */
  function hearMention(event: LiveEvent): void {
    const data = isRecord(event.data) ? event.data : {}
    if (event.conversation_id) void client.invalidateQueries({ queryKey: keys.collaborators(event.conversation_id) })
    if (!event.conversation_id || !Array.isArray(data.user_ids) || !data.user_ids.includes(me) || data.by === me) return
    void client.invalidateQueries({ queryKey: keys.counts })
    void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === 'list' && (queryKey[2] as { view?: string } | undefined)?.view === 'mentions' })
    tellMention(client, event.conversation_id, String(data.name ?? ''), String(data.why ?? ''))
  }

  function receive(kind: (typeof kinds)[number], event: LiveEvent): void {
    switch (kind) {
      case 'hello':
        return
      case 'reset':
        // The server's memory does not reach back to our cursor: everything may have changed.
        client.removeQueries({ queryKey: keys.searches, type: 'inactive' })
        return void client.invalidateQueries({ predicate: (query) => !looksBack(query) })
      case 'typing':
        return hearTyping(event)
      case 'conversation.mentioned':
        return hearMention(event)
      case 'views.updated':
        return void client.invalidateQueries({ queryKey: keys.views })
      case 'tags.updated':
        for (const queryKey of [keys.tags, keys.conversations, keys.contactsAll]) void client.invalidateQueries({ queryKey })
        return
      case 'bulk.updated':
        return isRecord(event.data) ? void client.invalidateQueries({ queryKey: keys.bulk(String(event.data.bulk_id)) }) : undefined
      case 'presence':
        return void client.invalidateQueries({ queryKey: keys.users })
      case 'channel.updated':
        // A note says what it was about; templates are many and change seldom.
        if (isRecord(event.data) && isRecord(event.data.note) && ('template' in event.data.note || 'templates' in event.data.note)) void client.invalidateQueries({ queryKey: keys.allTemplates })
        void client.invalidateQueries({ queryKey: ['channel', 'timeline'] })
        void client.invalidateQueries({ queryKey: ['channel', 'route'] })
        return void client.invalidateQueries({ queryKey: keys.channels })
      case 'connection.updated':
        return void client.invalidateQueries({ queryKey: keys.connections, exact: true })
      case 'message.created':
      case 'message.updated':
        return gatherer.message(event, kind === 'message.created')
      case 'conversation.created':
      case 'conversation.updated':
        if (event.conversation_id && parted(event.data)) {
          // Lines moved from one thread to another.
          void client.invalidateQueries({ queryKey: keys.messages(event.conversation_id) })
          if (event.contact_id) void client.invalidateQueries({ queryKey: keys.contactConversations(event.contact_id) })
        }
        return event.conversation_id ? gatherer.conversation(event.conversation_id) : undefined
      default:
        return event.contact_id ? gatherer.contact(event.contact_id) : undefined
    }
  }

  function open(): void {
    source = new EventSource(`/api/v1/events?cursor=${encodeURIComponent(cursor)}`)
    source.onopen = () => {
      wait = 1000
      setConnection('live')
      // The cursor brings the events that were missed; what could not be read meanwhile is read now.
      if (dropped) void client.refetchQueries({ predicate: (query) => query.state.status === 'error' && !looksBack(query) })
      dropped = false
    }
    source.onerror = () => {
      dropped = true
      setConnection('lost')
      source?.close()
      if (stopped) return
      // Our own retry instead of the browser's: it gives up for good on an HTTP error, we must not.
      retry = setTimeout(open, wait)
      wait = Math.min(wait * 2, 15_000)
    }
    for (const kind of kinds) {
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        if (event.lastEventId) cursor = event.lastEventId
        try {
          receive(kind, JSON.parse(event.data) as LiveEvent)
        } catch {
          // An event of a newer server than this page: the next reload of the list shows it.
        }
      })
    }
  }

  const hurry = () => {
    if (!dropped) return
    clearTimeout(retry)
    source?.close()
    open()
  }
  // A pulled cable leaves the open connection silent for minutes; the browser's own signal comes at once.
  const gone = () => {
    dropped = true
    setConnection('lost')
  }
  window.addEventListener('online', hurry)
  window.addEventListener('offline', gone)
  open()

  return {
    stop: () => {
      stopped = true
      clearTimeout(retry)
      gatherer.stop()
      window.removeEventListener('online', hurry)
      window.removeEventListener('offline', gone)
      source?.close()
    },
  }
}
