import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowUp } from 'lucide-react'
import { memo, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { run, useAction } from '@/actions/registry'
import { conversationListQuery, countsQuery, prefetchConversation } from '@/api/queries'
import { pageWords } from '@/i18n'
import { prefs } from '@/live/prefs'
import { useStore } from '@/live/store'
import { ErrorNote } from '@/ui/ErrorNote'
import { later, useSoon } from '@/ui/later'
import { Loading } from '@/ui/Loading'
import { ConversationRow } from './ConversationRow'
import { ListEmpty, SearchAll } from './ListEmpty'
import { SelectBox } from './SelectBox'
import { pick, selection, startSelecting, stopSelecting } from './selection'
import { useHeldOrder } from './useHeldOrder'
import { useInbox } from './useInbox'

const bar = later(() => Promise.all([import('@/features/inbox/late/BulkBar'), pageWords()]).then(([module]) => module.BulkBar))

function rowHeight(): number {
  return Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue('--row'), 10) || 64
}

/** The list of conversations: any length, always live, never moving under the pointer. */
export const ConversationList = memo(function ConversationList() {
  const { t } = useTranslation()
  const { filter, conversationId, open, close, addressOf } = useInbox()
  const { density } = useStore(prefs)
  const query = useInfiniteQuery(conversationListQuery(filter))
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const scroller = useRef<HTMLDivElement>(null)
  const [hold, setHold] = useState(false)
  const pointer = useRef(false)

  const fresh = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const scope = JSON.stringify(filter)
  const picked = useStore(selection)
  const selecting = picked?.scope === scope ? picked : null
  // Rows must not come or go under somebody who picks them.
  const { rows, waiting, release } = useHeldOrder(fresh, hold || selecting !== null, scope)
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the page's own measure changes with the density only
  const height = useMemo(rowHeight, [density])
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 12, getItemKey: (index) => rows[index]?.id ?? index })
  const items = virtual.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? 0
  const client = useQueryClient()
  const { data: counts } = useQuery(countsQuery)
  const news = useMemo(() => new Set(counts?.mentioned), [counts?.mentioned])
  const near = useCallback((id: string) => prefetchConversation(client, id), [client])

  useEffect(() => virtual.measure(), [density, virtual])
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastIndex >= rows.length - 20) void fetchNextPage()
  }, [lastIndex, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage])

  // The next key press goes to a neighbour: its thread is there before.
  const at = rows.findIndex((row) => row.id === conversationId)
  const [before, after, second] = [rows[at - 1]?.id, at < 0 ? undefined : rows[at + 1]?.id, at < 0 ? undefined : rows[at + 2]?.id]
  useEffect(() => {
    // Who goes on quickly finds the next one, who rests the one after it and the one before.
    const soon = setTimeout(() => after && near(after), 60)
    const rest = setTimeout(() => [second, before].forEach((id) => id && near(id)), 250)
    return () => [soon, rest].forEach(clearTimeout)
  }, [before, after, second, near])

  const settle = () => setHold(pointer.current || (scroller.current?.scrollTop ?? 0) > 8)
  const step = (by: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))]
    if (!next) return
    open(next.id, true)
    virtual.scrollToIndex(rows.indexOf(next))
  }
  useAction('next', () => step(1), rows.length > 0)
  useAction('previous', () => step(-1), rows.length > 0)
  useAction('select', () => (conversationId ? pick(scope, conversationId) : startSelecting(scope)), rows.length > 0)
  useAction('select_all', () => startSelecting(scope, rows.map((row) => row.id)), rows.length > 0)
  useAction('resolve_next', () => {
    const next = rows[at + 1] ?? rows[at - 1]
    if (rows[at]?.status !== 'resolved') run('resolve')
    if (next) open(next.id, true)
    else close()
  }, at >= 0)
  useSoon(bar)
  useEffect(() => stopSelecting, [scope])

  if (query.isPending) return <Loading rows={8} />
  if (query.isError && !data) return <div className="p-3"><ErrorNote error={query.error} onRetry={() => void query.refetch()} /></div>
  if (rows.length === 0) return <ListEmpty />

  return (
    <>
    {selecting && <Suspense><bar.Part filter={filter} selection={selecting} loaded={rows} whole={!hasNextPage} /></Suspense>}
    <div className="relative min-h-0 grow">
      {waiting > 0 && !selecting && (
        <button
          type="button"
          onClick={() => {
            release()
            scroller.current?.scrollTo({ top: 0 })
          }}
          className="appear absolute start-1/2 top-2 z-10 inline-flex min-h-7 -translate-x-1/2 items-center gap-1 rounded-full bg-accent px-3 text-sm font-semibold text-on-accent shadow-overlay rtl:translate-x-1/2"
        >
          <ArrowUp size={14} aria-hidden />
          {t('inbox.new_above', { count: waiting })}
        </button>
      )}
      <div
        ref={scroller}
        className="h-full overflow-auto overscroll-contain"
        onScroll={settle}
        onPointerEnter={() => {
          pointer.current = true
          settle()
        }}
        onPointerLeave={() => {
          pointer.current = false
          settle()
        }}
      >
        <ul aria-label={t('inbox.conversations')} className="relative w-full" style={{ blockSize: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            if (!row) return null
            return (
              <li
                key={row.id}
                aria-setsize={hasNextPage ? -1 : rows.length}
                aria-posinset={item.index + 1}
                className="absolute inset-x-0 top-0 border-b border-line"
                style={{ blockSize: item.size, transform: `translateY(${item.start}px)` }}
              >
                {selecting && <SelectBox id={row.id} name={row.contact.name ?? row.contact.phone ?? ''} scope={scope} isSelected={selecting.all || selecting.ids.has(row.id)} />}
                <ConversationRow conversation={row} selected={row.id === conversationId} news={news.has(row.id)} href={addressOf(row.id)} onOpen={open} onNear={near} />
              </li>
            )
          })}
        </ul>
        {!hasNextPage && rows.length > 20 && <p className="p-4 text-center text-xs text-faint">{t('inbox.all_loaded')}</p>}
        {!hasNextPage && filter.q && <SearchAll q={filter.q} />}
      </div>
    </div>
    </>
  )
})
