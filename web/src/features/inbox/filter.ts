// The inbox's filter lives in the address, so that a view can be bookmarked and shared.
import type { ConversationFilter } from '@/api/queries'
import type { Priority, SavedFilter, Sort, View } from '@/api/types'

export const views = ['mine', 'unassigned', 'mentions', 'all', 'unread', 'unattended'] as const satisfies readonly View[]
/** Those with a tab of their own; the others stand in the list of all views. */
export const tabs = ['mine', 'unassigned', 'mentions', 'all'] as const satisfies readonly View[]
export const statuses = ['open', 'pending', 'snoozed', 'resolved', 'any'] as const
export const sorts = ['latest', 'closes_next', 'waiting'] as const satisfies readonly Sort[]
export const priorities = ['urgent', 'high', 'medium', 'low', 'none'] as const satisfies readonly Priority[]

export interface InboxSearch {
  view?: View
  status?: (typeof statuses)[number]
  sort?: Sort
  q?: string
  assignee?: string
  team?: string
  channel?: string
  priority?: Priority
  tag?: string
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

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

function id(value: unknown): string | undefined {
  return typeof value === 'string' && uuid.test(value) ? value : undefined
}

/** Reads the address; foreign values are dropped. */
export function readSearch(raw: Record<string, unknown>): InboxSearch {
  return {
    view: oneOf(views, raw.view),
    status: oneOf(statuses, raw.status),
    sort: oneOf(sorts, raw.sort),
    q: text(raw.q),
    assignee: id(raw.assignee),
    team: id(raw.team),
    channel: id(raw.channel),
    priority: oneOf(priorities, raw.priority),
    tag: id(raw.tag),
    m: text(raw.m),
  }
}

/** Whoever is mentioned is mentioned whatever became of the conversation. */
export function usualStatus(view: View | undefined): (typeof statuses)[number] {
  return view === 'mentions' ? 'any' : 'open'
}

/** Of those who wait, the longest wait comes first. */
export function usualSort(view: View | undefined): Sort {
  return view === 'unattended' ? 'waiting' : 'latest'
}

export function toFilter(search: InboxSearch): ConversationFilter {
  return {
    view: search.view ?? 'all',
    status: search.status ?? usualStatus(search.view),
    sort: search.sort ?? usualSort(search.view),
    q: search.q,
    assignee_id: search.assignee,
    team_id: search.team,
    channel_id: search.channel,
    priority: search.priority,
    tag_id: search.tag,
  }
}

/** The address of a saved filter. */
export function toSearch(filter: SavedFilter): InboxSearch {
  const { view = 'all', status, sort, q, assignee_id: assignee, team_id: team, channel_id: channel, priority, tag_id: tag } = filter
  return {
    view: view === 'all' ? undefined : view,
    status: status && status !== usualStatus(view) ? status : undefined,
    sort: sort && sort !== usualSort(view) ? sort : undefined,
    q,
    assignee,
    team,
    channel,
    priority,
    tag,
  }
}

/** Two addresses that show the same list. */
export function sameList(one: InboxSearch, other: InboxSearch): boolean {
  const [a, b] = [toFilter(one), toFilter(other)]
  return (Object.keys(a) as (keyof ConversationFilter)[]).every((key) => a[key] === b[key])
}

/** How many conditions stand beside the view, the status and the search. */
export function conditions({ assignee, team, channel, priority, tag }: InboxSearch): number {
  return [assignee, team, channel, priority, tag].filter(Boolean).length
}
