import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, post } from '@/api/client'
import type { Id, Page } from '@/api/types'
import type { Definition, Fault, Parts, Rule, Run, Starter } from './model'

export const ruleKeys = { all: ['automation'], list: ['automation', 'rules'], parts: ['automation', 'parts'] } as const

export const rulesQuery = queryOptions({ queryKey: ruleKeys.list, queryFn: ({ signal }) => get<Page<Rule>>('/rules', { limit: 200 }, signal).then((page) => page.items) })
export const ruleQuery = (id: Id) => queryOptions({ queryKey: [...ruleKeys.list, id], queryFn: ({ signal }) => get<Rule>(`/rules/${id}`, undefined, signal) })
export const partsQuery = queryOptions({ queryKey: ruleKeys.parts, queryFn: ({ signal }) => get<Parts>('/rules/fields', undefined, signal), staleTime: Infinity })
export const startersQuery = (language: string) =>
  queryOptions({
    queryKey: [...ruleKeys.parts, 'starters', language],
    queryFn: ({ signal }) => get<Page<Starter>>('/rules/starters', { language }, signal).then((page) => page.items),
    staleTime: Infinity,
  })
export const faultsQuery = (definition: Definition) =>
  queryOptions({
    queryKey: [...ruleKeys.all, 'faults', definition],
    queryFn: () => post<{ faults: Fault[] }>('/rules/validate', { definition }).then(({ faults }) => faults),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 10_000,
  })
export const runsQuery = (rule?: Id) =>
  infiniteQueryOptions({
    queryKey: [...ruleKeys.all, 'runs', rule ?? null],
    queryFn: ({ pageParam, signal }) => get<Page<Run>>('/runs', { rule_id: rule, limit: 20, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 5_000,
  })
