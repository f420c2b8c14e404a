import { ArrowDown } from 'lucide-react'
import { memo, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Id } from '@/api/types'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { DaySeparator } from './DaySeparator'
import { EventLine } from './EventLine'
import { arrange } from './grouping'
import { MessageGroup } from './MessageGroup'
import { useJump } from './useJump'
import { useThread } from './useThread'

interface Props {
  id: Id
  /** The customer's name. */
  customer: string
  target?: string
}

const nearEdge = 400
const firstScreen = 14
const everything = Number.POSITIVE_INFINITY

/** The story of a conversation; opens at its end and stays there unless the reader has scrolled up. */
export const Thread = memo(function Thread({ id, customer, target }: Props) {
  const { t } = useTranslation()
  const thread = useThread(id)
  const { messages, hasNextPage, isFetchingNextPage, fetchNextPage, hasPreviousPage, isFetchingPreviousPage, fetchPreviousPage, show } = thread
  const scroller = useRef<HTMLDivElement>(null)
  const [away, setAway] = useState(false)
  const entries = useMemo(() => arrange(messages), [messages])
  // What is on screen first is drawn first; the older part follows in the next frame, above it, where it moves nothing.
  const depth = useDeferredValue(everything, target ? everything : firstScreen)
  const shown = entries.length > depth ? entries.slice(-depth) : entries
  const marked = useJump(id, target, thread)

  // A thread that was left in its past opens at its end again.
  useEffect(() => {
    if (!target && hasPreviousPage) void show(null).catch(() => undefined)
    // Only how it opens counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])

  // Newer lines are added below what is read: the line that was last before stays where it is.
  const held = useRef<{ id: string; top: number }>(undefined)
  const newer = () => {
    const end = messages.at(-1)
    const box = end && document.getElementById(`message-${end.id}`)
    held.current = box ? { id: end.id, top: box.getBoundingClientRect().top } : undefined
    void fetchPreviousPage()
  }
  useLayoutEffect(() => {
    const { current: line } = held
    const box = line && document.getElementById(`message-${line.id}`)
    if (!line || !box || messages.at(-1)?.id === line.id) return
    held.current = undefined
    scroller.current?.scrollBy({ top: box.getBoundingClientRect().top - line.top })
  }, [messages])
  const toNewest = () => {
    const atEnd = hasPreviousPage ? show(null) : Promise.resolve()
    atEnd.then(() => scroller.current?.scrollTo({ top: 0 }), () => undefined)
  }

  // Our own new message is always brought into view. A thread that opens is at its end by itself: measuring it then would lay it out twice.
  const last = messages.at(-1)
  const lastKey = last?.client_id ?? last?.id
  const ownLast = last?.direction === 'out' || last?.direction === 'note'
  const opened = useRef(lastKey)
  useEffect(() => {
    if (ownLast && !target && opened.current !== undefined && opened.current !== lastKey) scroller.current?.scrollTo({ top: 0 })
    opened.current = lastKey
  }, [lastKey, ownLast, target])
  // Whoever writes while an old part is shown goes on at the end.
  const writes = hasPreviousPage && last !== undefined && last.id === last.client_id
  useEffect(() => {
    if (writes) void show(null).catch(() => undefined)
  }, [writes, show])

  const onScroll = () => {
    const box = scroller.current
    if (!box) return
    // The box is laid out from its end, so its scroll offset is 0 at the newest message and negative above.
    setAway(box.scrollTop < -240)
    const above = box.scrollHeight - box.clientHeight + box.scrollTop
    if (above < nearEdge && hasNextPage && !isFetchingNextPage) void fetchNextPage()
    if (box.scrollTop > -nearEdge && hasPreviousPage && !isFetchingPreviousPage) newer()
  }

  if (thread.isPending) return <div className="grow"><Loading rows={5} /></div>
  if (thread.isError && messages.length === 0) return <div className="grow p-4"><ErrorNote error={thread.error} onRetry={() => void thread.refetch()} /></div>

  return (
    <div className="relative min-h-0 grow">
      <div ref={scroller} onScroll={onScroll} tabIndex={0} aria-label={t('thread.scroll')} role="region" className="focus-inset flex h-full flex-col-reverse overflow-auto overscroll-contain">
        <div role="log" aria-label={t('thread.messages')} aria-live="polite" aria-relevant="additions" className="mx-auto flex w-full max-w-[880px] flex-col gap-(--gap-thread) px-3 py-4 md:px-5">
          {hasNextPage && depth === everything && (
            <Button look="quiet" small className="self-center" isDisabled={isFetchingNextPage} onPress={() => void fetchNextPage()}>{t('thread.older')}</Button>
          )}
          {shown.map((entry) => {
            if (entry.type === 'day') return <DaySeparator key={entry.key} at={entry.at} />
            if (entry.type === 'event') return <EventLine key={entry.key} message={entry.message} />
            return <MessageGroup key={entry.key} messages={entry.messages} customer={customer} marked={marked} />
          })}
          {hasPreviousPage && (
            <Button look="quiet" small className="self-center" isDisabled={isFetchingPreviousPage} onPress={newer}>{t('thread.newer')}</Button>
          )}
        </div>
      </div>
      {(away || hasPreviousPage) && (
        <Button small className="appear absolute end-4 bottom-3 rounded-full shadow-overlay" onPress={toNewest}>
          <ArrowDown size={14} aria-hidden />
          {t('thread.newest')}
        </Button>
      )}
    </div>
  )
})
