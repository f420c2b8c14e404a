// What the person has sent and the server has not yet confirmed. Kept in localStorage, so a reload or a dead network loses nothing;
// every try uses the same client_id and Idempotency-Key, so nothing is sent twice.
import type { QueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { ApiError, NetworkError, post } from '@/api/client'
import type { Content, Direction, Id, Message } from '@/api/types'
import { errorText } from '@/ui/errors'
import { putMessage } from './cache'
import { createKeptStore } from './store'

export interface OutboxEntry {
  client_id: string
  conversation_id: Id
  user_id: Id
  kind: 'message' | 'note'
  content: Content
  preview: string
  reply_to: { id: Id; preview: string; direction: Direction } | null
  created_at: number
  state: 'waiting' | 'refused'
  error: string | null
}

export const outbox = createKeptStore<OutboxEntry[]>('rapport.outbox', [])

let client: QueryClient | undefined
let owner: Id | undefined
let running = false
let retry: ReturnType<typeof setTimeout> | undefined
let wait = 1000

export function startOutbox(queryClient: QueryClient, user: Id): () => void {
  client = queryClient
  owner = user
  const wake = () => {
    wait = 1000
    void flush()
  }
  window.addEventListener('online', wake)
  void flush()
  return () => {
    window.removeEventListener('online', wake)
    clearTimeout(retry)
    client = undefined
  }
}

export function enqueue(entry: Omit<OutboxEntry, 'state' | 'error' | 'created_at'>): void {
  // The same id again is the same message, pressed in two tabs.
  outbox.set((entries) => (entries.some((other) => other.client_id === entry.client_id) ? entries : [...entries, { ...entry, created_at: Date.now(), state: 'waiting', error: null }]))
  void flush()
}

export function discard(clientId: string): void {
  outbox.set((entries) => entries.filter((entry) => entry.client_id !== clientId))
}

export function tryAgain(clientId: string): void {
  outbox.set((entries) => entries.map((entry) => (entry.client_id === clientId ? { ...entry, state: 'waiting', error: null } : entry)))
  wait = 1000
  void flush()
}

/** Delivers in order; two tabs never deliver at once where the browser has locks. */
async function flush(): Promise<void> {
  if (running) return
  running = true
  clearTimeout(retry)
  try {
    // Browsers offer locks only on https and localhost; without them the same Idempotency-Key still prevents doubles.
    const locks = navigator.locks as LockManager | null | undefined
    if (locks) await locks.request('rapport.outbox', deliverAll)
    else await deliverAll()
  } finally {
    running = false
  }
}

async function deliverAll(): Promise<void> {
  for (;;) {
    // Another tab may have delivered or added something since we looked.
    outbox.set((entries) => entries)
    const entry = outbox.get().find((candidate) => candidate.state === 'waiting' && candidate.user_id === owner)
    if (!entry || !client) return
    if (!(await deliver(entry, client))) return
  }
}

async function deliver(entry: OutboxEntry, queryClient: QueryClient): Promise<boolean> {
  try {
    const message = await transmit(entry)
    putMessage(queryClient, message)
    discard(entry.client_id)
    wait = 1000
    return true
  } catch (error) {
    if (error instanceof NetworkError || (error instanceof ApiError && (error.status >= 500 || error.status === 429))) {
      retry = setTimeout(() => void flush(), wait)
      wait = Math.min(wait * 2, 20_000)
      return false
    }
    const detail = error instanceof ApiError ? errorText(error, i18next.t) : String(error)
    outbox.set((entries) => entries.map((other) => (other.client_id === entry.client_id ? { ...other, state: 'refused', error: detail } : other)))
    return true
  }
}

function transmit(entry: OutboxEntry): Promise<Message> {
  const path = `/conversations/${entry.conversation_id}`
  if (entry.kind === 'note' && entry.content.type === 'note') {
    return post<Message>(`${path}/notes`, { body: entry.content.body, client_id: entry.client_id }, entry.client_id)
  }
  return post<Message>(`${path}/messages`, { client_id: entry.client_id, content: entry.content, reply_to: entry.reply_to?.id }, entry.client_id)
}

/** The entry as the thread shows it until the server's own row takes its place. */
export function asMessage(entry: OutboxEntry): Message {
  return {
    id: entry.client_id,
    conversation_id: entry.conversation_id,
    contact_id: '',
    channel_id: '',
    direction: entry.kind === 'note' ? 'note' : 'out',
    kind: entry.content.type,
    content: entry.content,
    preview: entry.preview,
    author: { kind: 'user', id: entry.user_id, name: null },
    status: entry.kind === 'note' ? 'note' : 'queued',
    status_at: null,
    sent_at: null,
    delivered_at: null,
    read_at: null,
    at: entry.created_at,
    created_at: entry.created_at,
    client_id: entry.client_id,
    reply_to: entry.reply_to,
    reactions: [],
    edited_at: null,
    revoked_at: null,
    cost: null,
    error: null,
    verdict: null,
    media: null,
  }
}
