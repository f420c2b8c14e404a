// The live feed: one EventSource for the browser tab, resumed by cursor, patched into the query cache.
import type { QueryClient } from '@tanstack/react-query'
import { ApiError, get } from '@/api/client'
import { keys } from '@/api/keys'
import type { Contact, Conversation, Id, LiveEvent, Message } from '@/api/types'
import { markLastLine, putContact, putConversation, putMessage } from './cache'
import { setConnection } from './connection'
import { noteTyping } from './presence'

const kinds = [
  'message.created', 'message.updated', 'conversation.created', 'conversation.updated', 'contact.created', 'contact.updated',
  'channel.updated', 'connection.updated', 'typing', 'presence', 'hello',
] as const

const gather = 60
const burst = 40

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** The whole row when the event carries it (bare or under its noun), else undefined: then it is fetched. */
function carried<T>(data: unknown, noun: string, mark: string): T | undefined {
  if (!isRecord(data)) return undefined
  const nested = data[noun]
  if (isRecord(nested) && mark in nested) return nested as T
  return 'id' in data && mark in data ? (data as T) : undefined
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
  const wanted = { conversations: new Set<Id>(), messages: new Map<Id, Id>(), contacts: new Set<Id>() }
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Many events at once become few requests; a flood becomes one refetch of what is on screen. */
  function later(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      void flush()
    }, gather)
  }

  async function flush(): Promise<void> {
    const conversations = [...wanted.conversations]
    const messages = [...wanted.messages]
    const contacts = [...wanted.contacts]
    wanted.conversations.clear()
    wanted.messages.clear()
    wanted.contacts.clear()
    void client.invalidateQueries({ queryKey: keys.counts })
    if (conversations.length > burst) void client.invalidateQueries({ queryKey: keys.conversations })
    else await Promise.all(conversations.map((id) => load<Conversation>(`/conversations/${id}`, (row) => putConversation(client, row, me))))
    await Promise.all(messages.map(([id, conversation]) => fetchMessage(id, conversation)))
    await Promise.all(contacts.map((id) => load<Contact>(`/contacts/${id}`, (row) => putContact(client, row))))
  }

  async function fetchMessage(id: Id, conversation: Id): Promise<void> {
    if (!client.getQueryData(keys.messages(conversation))) return
    await load<Message>(`/messages/${id}`, (row) => {
      putMessage(client, row)
      markLastLine(client, row)
    })
  }

  async function load<T>(path: string, put: (row: T) => void): Promise<void> {
    try {
      put(await get<T>(path))
    } catch (error) {
      // Gone or forbidden by now: nothing to show. Anything else shows at the next reload of the list.
      if (!(error instanceof ApiError)) void client.invalidateQueries({ queryKey: keys.conversations })
    }
  }

  function receive(kind: string, event: LiveEvent): void {
    if (kind === 'hello') return
    if (kind === 'typing') {
      const data = isRecord(event.data) ? event.data : {}
      const user = String(data.user_id ?? '')
      if (event.conversation_id && user && user !== me) {
        noteTyping({ conversation_id: event.conversation_id, user_id: user, name: String(data.name ?? ''), state: String(data.state ?? 'idle') })
      }
      return
    }
    if (kind === 'presence') return void client.invalidateQueries({ queryKey: keys.users })
    if (kind === 'channel.updated') return void client.invalidateQueries({ queryKey: keys.channels })
    if (kind === 'connection.updated') return void client.invalidateQueries({ queryKey: keys.connections })
    if (kind.startsWith('message.')) {
      const row = carried<Message>(event.data, 'message', 'content')
      if (row) {
        putMessage(client, row)
        markLastLine(client, row)
      }
      if (!row && event.message_id && event.conversation_id) wanted.messages.set(event.message_id, event.conversation_id)
      if (event.conversation_id && kind === 'message.created') wanted.conversations.add(event.conversation_id)
    }
    if (kind.startsWith('conversation.')) {
      const row = carried<Conversation>(event.data, 'conversation', 'unread_count')
      if (row) putConversation(client, row, me)
      else if (event.conversation_id) wanted.conversations.add(event.conversation_id)
    }
    if (kind.startsWith('contact.') && event.contact_id && client.getQueryData(keys.contact(event.contact_id))) {
      const row = carried<Contact>(event.data, 'contact', 'identities')
      if (row) putContact(client, row)
      else wanted.contacts.add(event.contact_id)
    }
    later()
  }

  function open(): void {
    source = new EventSource(`/api/v1/events?cursor=${encodeURIComponent(cursor)}`)
    source.onopen = () => {
      wait = 1000
      setConnection('live')
      // What was cached may be older than the feed's memory after a long break.
      if (dropped) void client.invalidateQueries()
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
      clearTimeout(timer)
      window.removeEventListener('online', hurry)
      window.removeEventListener('offline', gone)
      source?.close()
    },
  }
}
