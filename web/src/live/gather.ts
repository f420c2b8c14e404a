// Turns the feed's many small events into few requests: what an event says itself is patched at once, the rest is fetched by id, each row once per beat.
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { ApiError, get } from '@/api/client'
import { keys } from '@/api/keys'
import type { Contact, Conversation, Id, LiveEvent, Message, MessageStatus, Page } from '@/api/types'
import { cachedMessage, conversationsOf, dropConversation, isListed, markLastLine, putContact, putConversation, putMessage } from './cache'
import { tellAwake } from './mention'

/** How long the first event of a beat waits for others. */
const beat = 60
/** Ticks in the list and counts may come this much later. */
const patience = 1_000
/** More conversations than this in one beat: the list is loaded afresh instead. */
const flood = 40
/** More messages of one conversation than this in one beat: its thread is loaded afresh instead. */
const burst = 12

/** Statuses that say everything themselves; a failure or a verdict has to be read. */
const plain = ['queued', 'sending', 'sent', 'delivered', 'read'] as const satisfies readonly MessageStatus[]

function statusIn(data: unknown): (typeof plain)[number] | undefined {
  if (typeof data !== 'object' || data === null || !('status' in data)) return undefined
  return plain.find((status) => status === data.status)
}

export interface Gatherer {
  message(event: LiveEvent, created: boolean): void
  conversation(id: Id): void
  contact(id: Id): void
  stop(): void
}

export function createGatherer(client: QueryClient, me: Id): Gatherer {
  const wanted = { conversations: new Set<Id>(), messages: new Map<Id, Set<Id>>(), contacts: new Set<Id>() }
  const late = new Set<Id>()
  let soon: ReturnType<typeof setTimeout> | undefined
  let later: ReturnType<typeof setTimeout> | undefined

  const hurry = () => {
    soon ??= setTimeout(() => {
      soon = undefined
      void flush()
    }, beat)
  }
  const wait = () => {
    later ??= setTimeout(() => {
      later = undefined
      void client.invalidateQueries({ queryKey: keys.counts })
      // What was said changes what may be sent; only the contact on screen is asked about.
      void client.invalidateQueries({ queryKey: keys.allMaySend })
      for (const id of late) wanted.conversations.add(id)
      late.clear()
      if (wanted.conversations.size > 0) hurry()
    }, patience)
  }

  async function flush(): Promise<void> {
    const conversations = [...wanted.conversations]
    const messages = [...wanted.messages]
    const contacts = [...wanted.contacts]
    wanted.conversations.clear()
    wanted.messages.clear()
    wanted.contacts.clear()
    if (conversations.length > flood) void client.invalidateQueries({ queryKey: keys.conversations })
    else for (const id of conversations) void load<Conversation>(`/conversations/${id}`, (row) => {
      if (row.id !== id) dropConversation(client, id, row)
      tellAwake(client, row, me)
      putConversation(client, row, me)
    })
    for (const [conversation, ids] of messages) fetchMessages(conversation, [...ids])
    for (const id of contacts) void load<Contact>(`/contacts/${id}`, (row) => putContact(client, row))
  }

  function fetchMessages(conversation: Id, ids: Id[]): void {
    if (ids.length > burst) return void client.invalidateQueries({ queryKey: keys.messages(conversation) })
    for (const id of ids) {
      void load<Message>(`/messages/${id}`, (row) => {
        putMessage(client, row)
        markLastLine(client, row)
      })
    }
  }

  async function load<T>(path: string, put: (row: T) => void): Promise<void> {
    try {
      put(await get<T>(path))
    } catch (error) {
      // Gone or forbidden by now: nothing to show. Anything else shows at the next reload of the list.
      if (!(error instanceof ApiError)) void client.invalidateQueries({ queryKey: keys.conversations })
    }
  }

  function wantMessage(id: Id, conversation: Id): void {
    const ids = wanted.messages.get(conversation) ?? new Set<Id>()
    wanted.messages.set(conversation, ids.add(id))
  }

  return {
    message: ({ message_id: id, conversation_id: conversation, data, at }, created) => {
      if (!id || !conversation) return
      const open = client.getQueryData<InfiniteData<Page<Message>>>(keys.messages(conversation)) !== undefined
      if (created) {
        // One's own message is there already, from the answer to sending it.
        if (open && !cachedMessage(client, conversation, id)) wantMessage(id, conversation)
        wanted.conversations.add(conversation)
        hurry()
        wait()
        return
      }
      const status = statusIn(data)
      const known = open ? cachedMessage(client, conversation, id) : undefined
      // The same status again is about something else: a reaction, a deletion, other words. Queued anew, a message has another text or another moment.
      if (known && status && status !== known.status && status !== 'queued' && known.status !== 'scheduled') {
        const fresh: Message = { ...known, status, status_at: at, sent_at: known.sent_at ?? (status === 'sent' ? at : null), delivered_at: known.delivered_at ?? (status === 'delivered' ? at : null), read_at: known.read_at ?? (status === 'read' ? at : null) }
        putMessage(client, fresh)
        markLastLine(client, fresh)
        return
      }
      if (open) {
        wantMessage(id, conversation)
        hurry()
      } else if (isListed(client, conversation)) {
        // Only the tick of a row in the list: three statuses of a message become one look.
        late.add(conversation)
        wait()
      }
    },
    conversation: (id) => {
      wanted.conversations.add(id)
      hurry()
      wait()
    },
    contact: (id) => {
      if (client.getQueryData(keys.contact(id))) wanted.contacts.add(id)
      // Rows of the list carry the name.
      for (const conversation of conversationsOf(client, id)) wanted.conversations.add(conversation)
      if (wanted.contacts.size > 0 || wanted.conversations.size > 0) hurry()
    },
    stop: () => {
      clearTimeout(soon)
      clearTimeout(later)
    },
  }
}
