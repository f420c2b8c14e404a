import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get, post, remove } from '@/api/client'
import type { Page, ShopDelivery, ShopSource } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { Pill, type Tone } from '@/ui/Pill'

const tones: Record<string, Tone> = { waiting: 'info', done: 'positive', ignored: 'neutral', failed: 'danger' }

/** What a shop delivered last and what became of it. */
export function Deliveries({ source, onGone }: { source: ShopSource; onGone: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const formats = useFormats()
  const [asking, setAsking] = useState(false)
  const fresh = () => void client.invalidateQueries({ queryKey: ['shop', 'sources'] })
  const query = useInfiniteQuery({
    queryKey: ['shop', 'sources', source.id],
    queryFn: ({ pageParam, signal }) => get<Page<ShopDelivery>>(`/shop-sources/${source.id}/deliveries`, { cursor: pageParam, limit: 20 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 5_000,
  })
  const again = useMutation({ mutationFn: () => post(`/shop-sources/${source.id}/retry`), onSettled: fresh })
  const drop = useMutation({ mutationFn: () => remove(`/shop-sources/${source.id}`), onSuccess: onGone, onSettled: fresh })
  const rows = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold text-strong">{t('source.deliveries')}</h3>
      {query.isPending && <Loading rows={2} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <p className="text-sm text-muted">{t('source.nothing')}</p>}
      {rows.length > 0 && (
        <ul aria-label={t('source.deliveries')} className="max-h-64 overflow-auto border-t border-line text-sm">
          {rows.map((row) => (
            <li key={row.id} className="flex flex-wrap items-center gap-x-2 gap-y-0.5 border-b border-line py-1.5">
              <bdi dir="ltr" className="font-mono text-xs">{row.topic}</bdi>
              <Pill tone={tones[row.state] ?? 'neutral'}>{t(`source.state.${row.state as 'done'}`)}</Pill>
              <span className="text-xs text-muted">{formats.moment(row.received_at)}</span>
              {row.detail && <bdi dir="ltr" className="w-full text-xs text-muted">{row.detail}</bdi>}
            </li>
          ))}
        </ul>
      )}
      {[again, drop].map((work, place) => work.isError && <ErrorNote key={place} error={work.error} />)}
      <div className="flex flex-wrap gap-2">
        {query.hasNextPage && <Button small onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
        {source.failed > 0 && <Button small onPress={() => again.mutate()} isDisabled={again.isPending}>{t('source.again')}</Button>}
        <Button small look="danger" onPress={() => setAsking(true)}>{t('source.delete')}</Button>
      </div>
      <Confirm title={t('source.delete')} text={t('source.delete_text')} verb={t('source.delete')} isOpen={asking} onClose={() => setAsking(false)} onConfirm={() => drop.mutate()} />
    </section>
  )
}
