// Campaigns as their pages read them. Only these pages need it, so it comes with them.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get } from '@/api/client'
import type { components } from '@/api/schema'
import type { CostSum, Forecast, Id, Page } from '@/api/types'
import type { Tone } from '@/ui/Pill'

type S = components['schemas']

export type Campaign = Omit<S['Campaign'], 'cost'> & { cost: CostSum | null }
export type CampaignStatus = S['CampaignStatus']
export type Progress = S['CampaignProgress']
export type Recipient = S['CampaignRecipient']
export type RecipientState = S['CampaignRecipientState']

const root = ['campaigns'] as const
export const campaignKeys = {
  all: root,
  one: (id: Id) => [...root, 'one', id] as const,
}

/** How often counts are asked for while they move, in milliseconds. */
const pulse = 2_000

export const isMoving = (campaign: Campaign) => campaign.status === 'running' || (campaign.status === 'cancelled' && campaign.progress.queued + campaign.progress.delayed > 0)

export const campaignListQuery = infiniteQueryOptions({
  queryKey: [...root, 'list'] as const,
  queryFn: ({ pageParam, signal }) => get<Page<Campaign>>('/campaigns', { limit: 30, cursor: pageParam }, signal),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  refetchInterval: ({ state }) => {
    const items = state.data?.pages.flatMap((page) => page.items) ?? []
    return items.some(isMoving) ? pulse : items.some(({ status }) => status === 'scheduled') ? 5 * pulse : false
  },
})

export const campaignQuery = (id: Id) =>
  queryOptions({
    queryKey: campaignKeys.one(id),
    queryFn: ({ signal }) => get<Campaign>(`/campaigns/${id}`, undefined, signal),
    // Replies come for days; they are no reason to ask every two seconds.
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? pulse : state.data?.status === 'scheduled' ? 10_000 : 30_000),
  })

export const forecastQuery = (campaign: Campaign) =>
  queryOptions({
    queryKey: [...root, 'forecast', campaign.id, campaign.updated_at] as const,
    queryFn: ({ signal }) => get<Forecast>(`/campaigns/${campaign.id}/forecast`, undefined, signal),
    retry: false,
  })

export const recipientsQuery = (campaign: Campaign, state: RecipientState | 'any') =>
  infiniteQueryOptions({
    queryKey: [...root, 'recipients', campaign.id, state] as const,
    queryFn: ({ pageParam, signal }) => get<Page<Recipient>>(`/campaigns/${campaign.id}/recipients`, { limit: 50, cursor: pageParam, state: state === 'any' ? undefined : state }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: isMoving(campaign) ? 2 * pulse : false,
  })

export const tones: Record<CampaignStatus, Tone> = { draft: 'neutral', scheduled: 'info', running: 'accent', paused: 'caution', finished: 'positive', cancelled: 'neutral' }

/** Where recipients are counted, in the order in which a message comes past; the colour of each in the bar. */
export const places: readonly { state: RecipientState; colour: string; tone: Tone }[] = [
  { state: 'read', colour: 'bg-positive', tone: 'positive' },
  { state: 'delivered', colour: 'bg-positive/70', tone: 'positive' },
  { state: 'sent', colour: 'bg-info', tone: 'info' },
  { state: 'queued', colour: 'bg-info/50', tone: 'info' },
  { state: 'delayed', colour: 'bg-caution', tone: 'caution' },
  { state: 'waiting', colour: 'bg-control', tone: 'neutral' },
  { state: 'unknown', colour: 'bg-caution/70', tone: 'caution' },
  { state: 'refused', colour: 'bg-danger/60', tone: 'danger' },
  { state: 'withdrawn', colour: 'bg-danger/30', tone: 'neutral' },
  { state: 'failed', colour: 'bg-danger', tone: 'danger' },
  { state: 'skipped', colour: 'bg-line', tone: 'neutral' },
]

/** Messages that the provider took. */
export const gone = (progress: Progress) => progress.sent + progress.delivered + progress.read

const word = /[\p{L}\p{N}+()\-. ]+/gu
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i

/** Contact ids and numbers out of lines or a table: whatever else stands in a row (names, addresses) is left out. */
export function entries(text: string): string[] {
  const found: string[] = []
  for (const line of text.split(/[\n\r;,\t،؛]+/)) {
    const id = uuid.exec(line)?.[0]
    if (id) {
      found.push(id)
      continue
    }
    for (const part of line.match(word) ?? []) {
      const digits = part.replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660)).replace(/[^\d+]/g, '')
      if (digits.replace('+', '').length >= 7 && !/\p{L}/u.test(part)) found.push(digits)
    }
  }
  return [...new Set(found)]
}
