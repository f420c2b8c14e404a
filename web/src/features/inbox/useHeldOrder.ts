import { useMemo, useState } from 'react'

interface Row {
  id: string
}

interface Frozen {
  /** The list the order belongs to; another one starts afresh. */
  scope: string
  ids: readonly string[]
}

interface Held<T> {
  rows: readonly T[]
  /** How many rows wait above: new ones, or ones that would have moved up. */
  waiting: number
  release: () => void
}

/** Keeps the order the person is looking at while `hold` is true; contents still update in place. */
export function useHeldOrder<T extends Row>(rows: readonly T[], hold: boolean, scope: string): Held<T> {
  const [frozen, setFrozen] = useState<Frozen | null>(null)
  const arranged = useMemo(() => arrange(rows, frozen?.ids ?? []), [rows, frozen])
  const now = () => ({ scope, ids: rows.map((row) => row.id) })

  const stale = frozen === null || frozen.scope !== scope || frozen.ids.length === 0
  if (!hold && frozen !== null) setFrozen(null)
  else if (hold && stale && rows.length > 0) setFrozen(now())
  // Pages fetched while scrolling become part of what must not move.
  else if (hold && frozen && arranged.further.length > 0) setFrozen({ scope, ids: [...frozen.ids, ...arranged.further] })

  if (!hold || stale) return { rows, waiting: 0, release: () => undefined }
  return { rows: arranged.rows, waiting: arranged.waiting, release: () => setFrozen(now()) }
}

/** The rows in the frozen order, followed by those that come after all of them; the rest waits above. */
function arrange<T extends Row>(rows: readonly T[], ids: readonly string[]): { rows: T[]; further: string[]; waiting: number } {
  const known = new Set(ids)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const first = ids.find((id) => byId.has(id))
  const end = rows.findLastIndex((row) => known.has(row.id)) + 1
  const further = rows.slice(end)
  return {
    rows: [...ids.flatMap((id) => byId.get(id) ?? []), ...further],
    further: further.map((row) => row.id),
    waiting: Math.max(0, rows.findIndex((row) => row.id === first)),
  }
}
