import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get } from '@/api/client'
import type { Conflict, ConflictCounts, Id, Page } from '@/api/types'

export interface ConflictFilter {
  connection_id?: Id
  field?: string
  q?: string
}

const all = ['conflicts'] as const
export const conflictKeys = { all, counts: [...all, 'counts'] as const }

/** The first of those that wait; more come as these are settled. */
export const conflictsQuery = (filter: ConflictFilter) =>
  queryOptions({
    queryKey: [...all, 'list', filter],
    queryFn: ({ signal }) => get<Page<Conflict>>('/conflicts', { ...filter, limit: 100 }, signal),
    placeholderData: keepPreviousData,
  })
export const conflictCountsQuery = queryOptions({ queryKey: conflictKeys.counts, queryFn: ({ signal }) => get<ConflictCounts>('/conflicts/counts', undefined, signal) })
