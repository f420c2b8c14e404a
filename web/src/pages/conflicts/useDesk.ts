import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { post, put } from '@/api/client'
import { connectionsQuery } from '@/api/queries'
import type { Conflict, Id, Side } from '@/api/types'
import { useTranslation } from '@/i18n/useTranslation'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'
import { conflictCountsQuery, conflictKeys, conflictsQuery, type ConflictFilter } from './api'

interface Order {
  choice: Side
  always: boolean
  among: ConflictFilter
}

/** Settles everything of a filter, piece by piece, so that all of it can be taken back together. */
async function settleAll({ choice, always, among }: Order): Promise<{ sum: number; refused: number }> {
  let [sum, refused] = [0, 0]
  let after: Id | null = null
  let batch: Id | undefined
  do {
    const part: { batch: Id; settled: number; refused: unknown[]; next: Id | null } = await post('/conflicts/settle', { choice, always, filter: among, after: after ?? undefined, batch })
    batch = part.batch
    after = part.next
    sum += part.settled
    refused += part.refused.length
  } while (after)
  return { sum, refused }
}

/** Takes back what the person settled last; `any` is false when there is nothing. */
async function undoLast(client: QueryClient): Promise<{ undone: number; any: boolean }> {
  const { undo: batch } = await client.fetchQuery({ ...conflictCountsQuery, staleTime: 0 })
  let undone = 0
  for (let more = batch !== null; more; ) {
    const part = await post<{ undone: number; more: boolean }>('/conflicts/undo', { batch })
    undone += part.undone
    more = part.more
  }
  return { undone, any: batch !== null }
}

/** Does one thing after the other, so that what is taken back is what was chosen last; tells when nothing is under way any more. */
export function useTurns(whenQuiet: () => Promise<void>) {
  const turn = useRef<Promise<unknown>>(Promise.resolve())
  const underWay = useRef(0)
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    underWay.current += 1
    const mine = turn.current.then(task, task)
    turn.current = mine
      .catch(() => undefined)
      .then(() => {
        underWay.current -= 1
        return underWay.current === 0 ? whenQuiet() : undefined
      })
    return mine
  }
  return { inTurn, underWay }
}

/** The queue of differences: the next one is there in the same frame, the server is told in turn. */
export function useDesk(filter: ConflictFilter) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const list = useQuery(conflictsQuery(filter))
  const counts = useQuery(conflictCountsQuery)
  const connections = useQuery(connectionsQuery)
  const [gone, setGone] = useState<ReadonlySet<Id>>(new Set())
  const [at, setAt] = useState(0)

  const items = (list.data?.items ?? []).filter((item) => !gone.has(item.id))
  const place = Math.min(at, Math.max(0, items.length - 1))
  const current: Conflict | undefined = items[place]

  const refresh = () => client.invalidateQueries({ queryKey: conflictKeys.all })
  const onError = (error: unknown) => toast(errorText(error, t), 'danger')
  const { inTurn, underWay } = useTurns(() => refresh().then(() => setGone(new Set())))

  // The feed tells that a connection changed; whether it was a difference is known when it is asked.
  const stamp = connections.dataUpdatedAt
  useEffect(() => {
    if (stamp && underWay.current === 0) void client.invalidateQueries({ queryKey: conflictKeys.all })
  }, [client, stamp, underWay])

  function choose(choice: Side): void {
    if (!current) return
    setGone((old) => new Set(old).add(current.id))
    setAt(place)
    inTurn(() => post(`/conflicts/${current.id}/settle`, { choice, updated_at: current.updated_at })).catch(onError)
  }

  const many = useMutation({
    mutationFn: (order: Order) => inTurn(() => settleAll(order)),
    onSuccess: ({ sum, refused }) => {
      setAt(0)
      toast(refused ? t('conflict.settled_but', { number: sum, refused }) : t('conflict.settled', { number: sum }))
    },
    onError,
  })
  const undo = useMutation({
    mutationFn: () => inTurn(() => undoLast(client)),
    onSuccess: ({ undone, any }) => {
      setAt(0)
      toast(t(undone ? 'conflict.undone' : any ? 'conflict.kept' : 'conflict.nothing_to_undo'))
    },
    onError,
  })
  const forget = useMutation({
    mutationFn: (rule: { connection_id: Id; field: string }) => put('/conflicts/preferences', { ...rule, prefer: 'newest' }),
    onSuccess: refresh,
    onError,
  })
  const skip = () => setAt(items.length ? (place + 1) % items.length : 0)
  return { list, counts, connections: connections.data ?? [], items, current, place, choose, many, undo, forget, skip, back: () => setAt(Math.max(0, place - 1)) }
}
