import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get } from '@/api/client'
import type { Id, Page } from '@/api/types'

/** A program that is told of what happens here. */
export interface Webhook {
  id: Id
  name: string
  url: string
  events: string[]
  channels: Id[]
  status: 'active' | 'paused' | 'ended'
  reason: 'person' | 'failing' | 'gone' | null
  made_by: string
  failures: number
  failing_since: number | null
  error: string | null
  delivered_at: number | null
  waiting: number
  dead: number
  missed_at: number | null
  previous_secret_until: number | null
  created_at: number
}

export interface Try {
  at: number
  ms: number
  status: number | null
  code: string
  detail: string
  answer: string
}

/** Something on its way to a webhook, or what became of it. */
export interface Delivery {
  id: Id
  event: string
  state: 'waiting' | 'delivered' | 'dead'
  attempts: number
  due_at: number | null
  tries: Try[]
  created_at: number
  settled_at: number | null
}

export type WholeDelivery = Delivery & { body: unknown }

const all = ['webhooks'] as const
export const webhookKeys = { all, deliveries: (id: Id) => [...all, 'deliveries', id] as const }

/** After so many failures in a row something is wrong with the target. */
export const failingAfter = 3

export const webhooksQuery = queryOptions({ queryKey: [...all, 'list'], queryFn: ({ signal }) => get<Page<Webhook>>('/webhooks', undefined, signal).then((page) => page.items), refetchInterval: 10_000 })
export const webhookEventsQuery = queryOptions({ queryKey: [...all, 'events'], queryFn: ({ signal }) => get<{ name: string }[]>('/webhooks/events', undefined, signal), staleTime: Infinity })
export const deliveriesQuery = (id: Id, state: string) =>
  infiniteQueryOptions({
    queryKey: [...webhookKeys.deliveries(id), 'list', state],
    queryFn: ({ pageParam, signal }) => get<Page<Delivery>>(`/webhooks/${id}/deliveries`, { state, cursor: pageParam, limit: 30 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 10_000,
  })
export const deliveryQuery = (id: Id, delivery: Id) => queryOptions({ queryKey: [...webhookKeys.deliveries(id), 'one', delivery], queryFn: ({ signal }) => get<WholeDelivery>(`/webhooks/${id}/deliveries/${delivery}`, undefined, signal) })
