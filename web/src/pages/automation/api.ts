import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, post } from '@/api/client'
import type { Id, Page } from '@/api/types'
import type { Backtest, Definition, Example, Fault, Funnel, Parts, Rule, Run, Starter, Version, Wishes } from './model'

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
export const versionsQuery = (rule: Id) =>
  queryOptions({ queryKey: [...ruleKeys.list, rule, 'versions'], queryFn: ({ signal }) => get<Page<Version>>(`/rules/${rule}/versions`, undefined, signal).then((page) => page.items) })
export const funnelQuery = (rule: Id, days: number) =>
  queryOptions({ queryKey: [...ruleKeys.all, 'funnel', rule, days], queryFn: ({ signal }) => get<Funnel>(`/rules/${rule}/funnel`, { days }, signal), staleTime: 60_000 })
export const wishesQuery = queryOptions({ queryKey: [...ruleKeys.all, 'wishes'], queryFn: ({ signal }) => get<Page<Wishes>>('/rules/wishes', undefined, signal).then((page) => page.items), staleTime: 60_000 })
export const lastBacktestQuery = (rule: Id) =>
  queryOptions({ queryKey: [...ruleKeys.all, 'backtests', rule], queryFn: ({ signal }) => get<Page<Backtest>>('/rules/backtests', { rule_id: rule, limit: 1 }, signal).then((page) => page.items[0] ?? null) })
export const backtestQuery = (id: Id) =>
  queryOptions({
    queryKey: [...ruleKeys.all, 'backtest', id],
    queryFn: ({ signal }) => get<Backtest>(`/rules/backtests/${id}`, undefined, signal),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 700 : false),
  })
/** Examples of one page of the server. */
const some = 50
export const examplesQuery = (id: Id, skipped: boolean) =>
  infiniteQueryOptions({
    queryKey: [...ruleKeys.all, 'backtest', id, 'examples', skipped],
    queryFn: ({ pageParam, signal }) => get<Page<Example>>(`/rules/backtests/${id}/examples`, { skipped, offset: pageParam }, signal).then((page) => page.items),
    initialPageParam: 0,
    getNextPageParam: (page, pages) => (page.length === some ? pages.length * some : null),
  })
export const runsQuery = (rule?: Id) =>
  infiniteQueryOptions({
    queryKey: [...ruleKeys.all, 'runs', rule ?? null],
    queryFn: ({ pageParam, signal }) => get<Page<Run>>('/runs', { rule_id: rule, limit: 20, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 5_000,
  })
