// What the person has sent and the server has not yet confirmed. Kept in localStorage, so a reload or a dead network loses nothing;
// every try uses the same client_id and Idempotency-Key, so nothing is sent twice.
import type { QueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { ApiError, call, NetworkError } from '@/api/client'
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
  /** The moment chosen for it, and whether the customer's own message cancels it. */
  plan?: { at: number; cancel: boolean }
  state: 'waiting' | 'refused'
  /** It was on its way at least once: the server may have it. */
  tried?: boolean
  error: string | null
}

/** Most messages that may wait here; more than anybody writes in a tunnel, less than a browser keeps. */
const most = 500
/** A connection that says nothing for so long is taken for cut: the next try has the same key. */
const patience = 30_000

export const outbox = createKeptStore<OutboxEntry[]>('rapport.outbox', [])

let client: QueryClient | undefined
let owner: Id | undefined
let running = false
/** Somebody asked while a delivery was ending. */
let again = false
let retry: ReturnType<typeof setTimeout> | undefined
let wait = 1000

export function startOutbox(queryClient: QueryClient, user: Id): () => void {
  client = queryClient
  owner = user
  const wake = () => {
    wait = 1000
    void flush()
  }
  // What the browser could not keep is lost with the tab: it asks before it goes.
  const hold = (event: BeforeUnloadEvent) => {
    if (!outbox.isKept() && outbox.get().length > 0) event.preventDefault()
  }
  window.addEventListener('online', wake)
  window.addEventListener('beforeunload', hold)
  void flush()
  return () => {
    window.removeEventListener('online', wake)
    window.removeEventListener('beforeunload', hold)
    clearTimeout(retry)
    client = undefined
  }
}

/** Takes a message; false when too many wait already, and nothing was taken. */
export function enqueue(entry: Omit<OutboxEntry, 'state' | 'error' | 'created_at' | 'tried'>): boolean {
  if (outbox.get().length >= most) return false
  // The same id again is the same message, pressed in two tabs.
  outbox.set((entries) => (entries.some((other) => other.client_id === entry.client_id) ? entries : [...entries, { ...entry, created_at: Date.now(), state: 'waiting', error: null }]))
  void flush()
  return true
}

export function discard(clientId: string): void {
  outbox.set((entries) => entries.filter((entry) => entry.client_id !== clientId))
}

/** Takes a message out that certainly never left; null when it may have. Then its words can be written anew without going twice. */
export function takeBack(clientId: string): OutboxEntry | null {
  let taken: OutboxEntry | null = null
  outbox.set((entries) => {
    taken = entries.find((entry) => entry.client_id === clientId && (entry.state === 'refused' || !entry.tried)) ?? null
    return taken ? entries.filter((entry) => entry !== taken) : entries
  })
  return taken
}

export function tryAgain(clientId: string): void {
  outbox.set((entries) => entries.map((entry) => (entry.client_id === clientId ? { ...entry, state: 'waiting', error: null } : entry)))
  wait = 1000
  void flush()
}

/** Delivers in order; two tabs never deliver at once where the browser has locks. */
async function flush(): Promise<void> {
  if (running) {
    again = true
    return
  }
  running = true
  again = false
  clearTimeout(retry)
  try {
    // Browsers offer locks only on https and localhost; without them the same Idempotency-Key still prevents doubles.
    const locks = navigator.locks as LockManager | null | undefined
    if (locks) await locks.request('rapport.outbox', deliverAll)
    else await deliverAll()
  } finally {
    running = false
    // A message that came in the last moment of the loop.
    if (again) void flush()
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

/** Nobody knows, or nobody listens yet: the same request again is right. */
function isPassing(error: unknown): boolean {
  if (error instanceof NetworkError) return true
  if (!(error instanceof ApiError)) return false
  // Signed out: it goes once its writer is back. Still running: its first request has not been answered yet.
  return error.status >= 500 || error.status === 429 || error.status === 401 || error.code === 'idempotency_in_progress'
}

async function deliver(entry: OutboxEntry, queryClient: QueryClient): Promise<boolean> {
  try {
    // Written down before it leaves: after a crash nobody takes it for one that never did.
    if (!entry.tried) outbox.set((entries) => entries.map((other) => (other.client_id === entry.client_id ? { ...other, tried: true } : other)))
    const message = await transmit(entry)
    putMessage(queryClient, message)
    discard(entry.client_id)
    wait = 1000
    return true
  } catch (error) {
    if (isPassing(error)) {
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
    return send(`${path}/notes`, { body: entry.content.body, client_id: entry.client_id, ...(entry.content.mentions.length ? { mentions: entry.content.mentions } : {}) }, entry.client_id)
  }
  const { plan } = entry
  const body = { client_id: entry.client_id, content: entry.content, reply_to: entry.reply_to?.id, ...(plan ? { send_at: plan.at, cancel_on_reply: plan.cancel } : {}) }
  return send(`${path}/messages`, body, entry.client_id)
}

function send(path: string, body: unknown, key: string): Promise<Message> {
  return call<Message>('POST', path, { body, idempotencyKey: key, signal: AbortSignal.timeout(patience) })
}

/** Whether a message is only here: the server has not said that it has it. */
export function isHere(message: Message): boolean {
  return message.id === message.client_id
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
    status: entry.kind === 'note' ? 'note' : entry.plan ? 'scheduled' : 'queued',
    status_at: null,
    sent_at: null,
    delivered_at: null,
    read_at: null,
    at: entry.plan?.at ?? entry.created_at,
    event: null,
    plan: entry.plan ? { send_at: entry.plan.at, heed_since: entry.plan.cancel ? entry.created_at : null } : null,
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
