import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorNote } from './ErrorNote'
import { Loading } from './Loading'

interface Props<T> {
  query: UseQueryResult<T>
  /** How many rows the skeleton has. */
  rows?: number
  children: (data: T) => ReactNode
}

/** What a request brought. Until then that it is under way, or why it failed and a way to try again: never that there is nothing. */
export function Answered<T>({ query, rows = 2, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  return <Loading rows={rows} />
}
