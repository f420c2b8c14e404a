// The search in the page's address, and what of it the server is asked.
import type { Query } from '@/api/client'

export const parts = ['all', 'messages', 'notes', 'contacts'] as const
export type Part = (typeof parts)[number]

/** Kinds of content people look for, as one choice each. */
export const kinds = { text: 'text', image: 'image,sticker', video: 'video', voice: 'voice,audio', document: 'document', order: 'order', location: 'location', template: 'template' } as const
export type KindChoice = keyof typeof kinds

const statuses = ['open', 'pending', 'snoozed', 'resolved'] as const
const directions = ['in', 'out'] as const

export interface SearchAddress {
  q?: string
  in?: Part
  channel?: string
  /** A user's id, or `nobody`. */
  assignee?: string
  team?: string
  status?: (typeof statuses)[number]
  direction?: (typeof directions)[number]
  kind?: KindChoice
  /** A day of the person's own calendar, `2026-11-21`. */
  from?: string
  to?: string
}

const oneOf = <T extends string>(value: unknown, allowed: readonly T[]) => allowed.find((one) => one === value)
const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined)
const day = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined)

/** Reads the address; what is not known there is left out. */
export function readAddress(raw: Record<string, unknown>): SearchAddress {
  const part = oneOf(raw.in, parts)
  return {
    q: text(raw.q),
    in: part === 'all' ? undefined : part,
    channel: text(raw.channel),
    assignee: text(raw.assignee),
    team: text(raw.team),
    status: oneOf(raw.status, statuses),
    direction: oneOf(raw.direction, directions),
    kind: oneOf(raw.kind, Object.keys(kinds) as KindChoice[]),
    from: day(raw.from),
    to: day(raw.to),
  }
}

/** How many conditions are set besides the words. */
export function conditions({ q: _q, in: _in, ...rest }: SearchAddress): number {
  return Object.values(rest).filter(Boolean).length
}

/** The beginning of a day of the person's calendar, moved by some days; milliseconds. */
export function startOfDay(day: string, days = 0): number {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + days).getTime()
}

/** The server's parameters. */
export function toQuery(address: SearchAddress): Query {
  return {
    q: address.q ?? '',
    in: address.in,
    channel_id: address.channel,
    assignee_id: address.assignee === 'nobody' ? undefined : address.assignee,
    unassigned: address.assignee === 'nobody' || undefined,
    team_id: address.team,
    status: address.status,
    direction: address.direction,
    kind: address.kind && kinds[address.kind],
    from: address.from && startOfDay(address.from),
    // The day itself belongs to it.
    to: address.to && startOfDay(address.to, 1),
  }
}
