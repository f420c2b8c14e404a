// How one changed row enters every cached list. Lists stay sorted as the server sorts them; what the person sees is held still elsewhere.
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { ConversationFilter } from '@/api/queries'
import { keys } from '@/api/keys'
import type { Contact, Conversation, Id, Message, Page } from '@/api/types'

type Pages<T> = InfiniteData<Page<T>, string | null>

/** Further than any date: what an order is not about follows it, newest first. */
const beyond = 1e15

/** Sort value, ascending, of each order the server offers. */
export function rank(conversation: Conversation, sort: ConversationFilter['sort'], now = Date.now()): number {
  const newest = -(conversation.last_message_at ?? conversation.created_at)
  if (sort === 'closes_next') return (conversation.window_expires_at ?? 0) > now ? (conversation.window_expires_at ?? 0) : beyond + newest
  if (sort === 'waiting') return conversation.waiting_since ?? beyond + newest
  return newest
}

/** Whether a changed conversation still belongs to a list; a text search and mentions are left to the server. */
export function belongs(conversation: Conversation, filter: ConversationFilter, me: Id): boolean {
  if (filter.status !== 'any' && conversation.status !== filter.status) return false
  if (filter.assignee_id && conversation.assignee_id !== filter.assignee_id) return false
  if (filter.team_id && conversation.team_id !== filter.team_id) return false
  if (filter.channel_id && conversation.channel.id !== filter.channel_id) return false
  if (filter.priority && conversation.priority !== filter.priority) return false
  if (filter.tag_id && !conversation.contact.tags.some((tag) => tag.id === filter.tag_id)) return false
  if (filter.view === 'mine') return conversation.assignee_id === me
  if (filter.view === 'unassigned') return conversation.assignee_id === null
  if (filter.view === 'unread') return conversation.unread_count > 0
  if (filter.view === 'unattended') return conversation.waiting_since !== null
  return true
}

/** Replaces, inserts, moves or removes one conversation in a paged list. */
export function placeConversation(pages: Pages<Conversation>, conversation: Conversation, filter: ConversationFilter, me: Id): Pages<Conversation> {
  const items = pages.pages.flatMap((page) => page.items)
  const known = items.some((item) => item.id === conversation.id)
  if (filter.q || filter.view === 'mentions') {
    if (!known) return pages
    return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map((item) => (item.id === conversation.id ? conversation : item)) })) }
  }
  const rest = items.filter((item) => item.id !== conversation.id)
  const tail = pages.pages.at(-1)?.next_cursor ?? null
  if (belongs(conversation, filter, me)) {
    const own = rank(conversation, filter.sort)
    let index = rest.findIndex((item) => rank(item, filter.sort) > own)
    if (index < 0) index = rest.length
    // Beyond the loaded part its place is on a page that will be fetched later.
    if (index < rest.length || tail === null) rest.splice(index, 0, conversation)
  } else if (!known) return pages
  return cut(pages, rest)
}

/** Lays items back onto the pages; the last page keeps the overflow. */
function cut<T>(pages: Pages<T>, items: T[]): Pages<T> {
  let from = 0
  const end = pages.pages.length - 1
  return {
    ...pages,
    pages: pages.pages.map((page, index) => {
      const size = index === end ? items.length - from : page.items.length
      const part = items.slice(from, from + size)
      from += size
      return { ...page, items: part }
    }),
  }
}

export function putConversation(client: QueryClient, conversation: Conversation, me: Id): void {
  const held = client.getQueryData<Conversation>(keys.conversation(conversation.id))
  // Two answers may overtake each other; the older one must not win.
  if (held && held.updated_at > conversation.updated_at) return
  client.setQueryData(keys.conversation(conversation.id), conversation)
  for (const [key, pages] of client.getQueriesData<Pages<Conversation>>({ queryKey: keys.conversationLists })) {
    const filter = key[2] as ConversationFilter
    if (pages) client.setQueryData(key, placeConversation(pages, conversation, filter, me))
  }
}

/** A conversation became part of another one: it stands in no list any more, and whoever shows it learns where it is. */
export function dropConversation(client: QueryClient, gone: Id, survivor: Conversation): void {
  client.setQueryData(keys.conversation(gone), survivor)
  client.setQueriesData<Pages<Conversation>>({ queryKey: keys.conversationLists }, (pages) => pages && { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== gone) })) })
}

/** Carries a message's new state to the tick of the list's last line: status events are too many to fetch a conversation for each. */
export function markLastLine(client: QueryClient, message: Message): void {
  const mark = (row: Conversation): Conversation =>
    row.id === message.conversation_id && row.last_message && row.last_message.at === message.at && row.last_message.direction === message.direction
      ? { ...row, last_message: { ...row.last_message, status: message.status, preview: message.preview } }
      : row
  client.setQueryData<Conversation>(keys.conversation(message.conversation_id), (row) => row && mark(row))
  client.setQueriesData<Pages<Conversation>>({ queryKey: keys.conversationLists }, (pages) => pages && { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map(mark) })) })
}

/** A message of a loaded thread. */
export function cachedMessage(client: QueryClient, conversation: Id, id: Id): Message | undefined {
  const pages = client.getQueryData<Pages<Message>>(keys.messages(conversation))?.pages ?? []
  for (const page of pages) {
    const found = page.items.find((item) => item.id === id)
    if (found) return found
  }
  return undefined
}

/** Every row of the cached conversation lists. */
function listed(client: QueryClient): Conversation[] {
  return client.getQueriesData<Pages<Conversation>>({ queryKey: keys.conversationLists }).flatMap(([, pages]) => pages?.pages.flatMap((page) => page.items) ?? [])
}

export function isListed(client: QueryClient, conversation: Id): boolean {
  return listed(client).some((row) => row.id === conversation)
}

/** The cached conversations of a contact. */
export function conversationsOf(client: QueryClient, contact: Id): Set<Id> {
  return new Set(listed(client).filter((row) => row.contact.id === contact).map((row) => row.id))
}

/** Puts a message where it belongs in its thread (pages are newest first); false when the thread is not loaded. */
export function putMessage(client: QueryClient, message: Message): boolean {
  const key = keys.messages(message.conversation_id)
  const pages = client.getQueryData<Pages<Message>>(key)
  if (!pages) return false
  client.setQueryData(key, placeMessage(pages, message))
  return true
}

export function placeMessage(pages: Pages<Message>, message: Message): Pages<Message> {
  const known = pages.pages.flatMap((page) => page.items).find((item) => item.id === message.id)
  if (known && known.at !== message.at) {
    // A planned message takes its place when it goes.
    const without = { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== message.id) })) }
    return placeMessage(without, newer(known, message))
  }
  if (known) {
    return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map((item) => (item.id === message.id ? newer(item, message) : item)) })) }
  }
  const [head, ...rest] = pages.pages
  if (!head) return pages
  const items = [...head.items]
  // What is shown ends before this message: it comes when the reader goes on to the end.
  if (head.newer_cursor && message.at >= (items[0]?.at ?? 0)) return pages
  let index = items.findIndex((item) => item.at <= message.at)
  if (index < 0) {
    // Older than what is loaded: it comes with its own page.
    if (rest.length > 0 || head.next_cursor !== null) return pages
    index = items.length
  }
  items.splice(index, 0, message)
  return { ...pages, pages: [{ ...head, items }, ...rest] }
}

const order = ['scheduled', 'queued', 'held', 'sending', 'unknown', 'sent', 'delivered', 'read']

/** Ticks never go back: a late "sent" does not undo "read". */
function newer(old: Message, fresh: Message): Message {
  const was = order.indexOf(old.status)
  const is = order.indexOf(fresh.status)
  if (was >= 5 && is >= 0 && is < was) return { ...fresh, status: old.status, status_at: old.status_at }
  return fresh
}

export function putContact(client: QueryClient, contact: Contact): void {
  client.setQueryData(keys.contact(contact.id), contact)
  void client.invalidateQueries({ queryKey: keys.consents(contact.id) })
  void client.invalidateQueries({ queryKey: keys.maySend(contact.id) })
  for (const [key, pages] of client.getQueriesData<Pages<Contact>>({ queryKey: keys.contactLists })) {
    if (!pages) continue
    client.setQueryData(key, { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map((item) => (item.id === contact.id ? contact : item)) })) })
  }
  const marked = (row: Conversation): Conversation => (row.contact.id === contact.id ? { ...row, contact: { ...row.contact, tags: contact.tags } } : row)
  client.setQueriesData<Pages<Conversation>>({ queryKey: keys.conversationLists }, (pages) => pages && { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map(marked) })) })
}
