// The inbox's filter lives in the address, so that a view can be bookmarked and shared.
import type { ConversationFilter } from '@/api/queries'
import type { Sort, View } from '@/api/types'

export const views = ['mine', 'unassigned', 'all', 'unread'] as const satisfies readonly View[]
export const statuses = ['open', 'pending', 'snoozed', 'resolved', 'any'] as const
export const sorts = ['latest', 'closes_next', 'waiting'] as const satisfies readonly Sort[]

export interface InboxSearch {
  view?: View
  status?: (typeof statuses)[number]
  sort?: Sort
  q?: string
  /** A message to scroll to and mark. */
  m?: string
}

function oneOf<T extends string>(all: readonly T[], value: unknown): T | undefined {
  return all.find((candidate) => candidate === value)
}

function text(value: unknown): string | undefined {
  const shown = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return shown || undefined
}

/** Reads the address; foreign values are dropped. */
export function readSearch(raw: Record<string, unknown>): InboxSearch {
  return { view: oneOf(views, raw.view), status: oneOf(statuses, raw.status), sort: oneOf(sorts, raw.sort), q: text(raw.q), m: text(raw.m) }
}

export function toFilter(search: InboxSearch): ConversationFilter {
  return { view: search.view ?? 'all', status: search.status ?? 'open', sort: search.sort ?? 'latest', q: search.q }
}
