// A change to many is followed until it has ended, whatever page is open; then its result is said, with a way back.
import { QueryObserver, type QueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { ApiError, post } from '@/api/client'
import { keys } from '@/api/keys'
import { bulkQuery } from '@/api/queries'
import type { BulkChange, Id } from '@/api/types'
import { undoable, underWay } from '@/features/inbox/underWay'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'

/** Watches a change to its end. */
export function follow(client: QueryClient, change: BulkChange): void {
  underWay.set((old) => [...old.filter((other) => other.id !== change.id), change])
  const stop = new QueryObserver(client, bulkQuery(change.id)).subscribe(({ data }) => {
    if (!data) return
    if (data.state === 'running') return underWay.set((old) => old.map((other) => (other.id === data.id ? data : other)))
    // The first answer may come before there is anything to stop.
    queueMicrotask(() => stop())
    underWay.set((old) => old.filter((other) => other.id !== data.id))
    void client.invalidateQueries({ queryKey: keys.conversations })
    if (data.can_undo) undoable.set(data)
    else if (data.undo_of) forget(data.undo_of)
    tell(client, data)
  })
}

function tell(client: QueryClient, change: BulkChange): void {
  const said = change.undo_of ? i18next.t('work.bulk.undone', { count: change.changed }) : i18next.t('work.bulk.changed', { count: change.changed })
  const text = change.refused > 0 ? `${said} ${i18next.t('work.bulk.refused', { count: change.refused })}` : said
  toast(text, 'plain', change.can_undo ? { label: i18next.t('work.bulk.undo'), run: () => void takeBack(client, change) } : undefined)
}

/** How long the server takes a change back. */
const undoTime = 24 * 3_600_000

/** Whether somebody may take a change back here and now: their own, while the server would. */
export function mayUndo(change: BulkChange | null, me: Id, now: number): change is BulkChange {
  return change !== null && change.actor_id === me && now - change.updated_at < undoTime
}

/** Offers no way back from a change any more. */
export function forget(change: Id): void {
  undoable.set((last) => (last?.id === change ? null : last))
}

/** Takes a change back; once is enough. */
export async function takeBack(client: QueryClient, change: BulkChange): Promise<void> {
  try {
    follow(client, await post<BulkChange>(`/bulk-actions/${change.id}/undo`))
    forget(change.id)
  } catch (error) {
    // What the server will not take back now it will not later: too old, taken back elsewhere, gone.
    if (error instanceof ApiError && error.status < 500 && error.status !== 401 && error.status !== 429) forget(change.id)
    toast(errorText(error, i18next.t), 'danger')
  }
}

/** Stops one that is under way. */
export async function stopBulk(client: QueryClient, change: BulkChange): Promise<void> {
  try {
    client.setQueryData(keys.bulk(change.id), await post<BulkChange>(`/bulk-actions/${change.id}/cancel`))
  } catch (error) {
    toast(errorText(error, i18next.t), 'danger')
  }
}
