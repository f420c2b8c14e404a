import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronDown, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { Section } from '@/ui/Section'
import { Segmented } from '@/ui/Segmented'
import { toast } from '@/ui/toast'
import { When } from '@/ui/When'
import { deliveriesQuery, deliveryQuery, webhookKeys, type Delivery, type Webhook } from './api'
import { eventName, whyOf } from './words'

const states = ['all', 'waiting', 'dead', 'delivered'] as const
const tones = { waiting: 'text-caution-ink', dead: 'text-danger-ink', delivered: 'text-positive-ink' }

/** What is on its way to a webhook and what became of it; one or all that were given up are sent again. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [state, setState] = useState<(typeof states)[number]>('all')
  const query = useInfiniteQuery(deliveriesQuery(webhook.id, state === 'all' ? '' : state))
  const rows = query.data?.pages.flatMap((page) => page.items) ?? []
  const replay = useMutation({
    mutationFn: (id: string | null) => post<{ replayed: number }>(id ? `/webhooks/${webhook.id}/deliveries/${id}/replay` : `/webhooks/${webhook.id}/replay`),
    onSuccess: ({ replayed }) => {
      void client.invalidateQueries({ queryKey: webhookKeys.all })
      toast(t('webhook.replayed', { count: replayed }))
    },
    onError: (error: unknown) => toast(errorText(error, t), 'danger'),
  })
  return (
    <Section
      title={t('webhook.deliveries')}
      hint={t('webhook.deliveries_hint')}
      aside={webhook.dead > 0 && <Button small onPress={() => replay.mutate(null)} isDisabled={replay.isPending}><RotateCw size={13} aria-hidden />{t('webhook.replay_all')}</Button>}
    >
      <Segmented label={t('webhook.deliveries')} options={states.map((id) => ({ id, label: t(`webhook.delivery.${id}`) }))} value={state} onChange={setState} />
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading rows={3} />}
      {query.isSuccess && rows.length === 0 && <p className="mt-3 text-muted">{t('webhook.no_deliveries')}</p>}
      <ul aria-label={t('webhook.deliveries')} className="mt-2">
        {rows.map((row) => <Row key={row.id} webhook={webhook} row={row} onReplay={() => replay.mutate(row.id)} />)}
      </ul>
      {query.hasNextPage && <Button className="mt-2" onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
    </Section>
  )
}

function Row({ webhook, row, onReplay }: { webhook: Webhook; row: Delivery; onReplay: () => void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const last = row.tries.at(-1)
  const why = last && row.state !== 'delivered' ? whyOf(last) : ''
  return (
    <li className="border-b border-line py-2 last:border-b-0">
      <div className="flex items-center gap-2">
        <div className="min-w-0 grow">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <span className="text-strong">{eventName(row.event)}</span>
            <span className={cx('text-sm font-semibold', tones[row.state])}>{t(`webhook.delivery.${row.state}`)}</span>
          </p>
          {why && <p className="text-sm text-danger-ink">{why}</p>}
          <p className="text-xs text-muted">
            <When at={row.created_at} /> · {t('dead.attempts', { count: row.attempts })}
            {row.attempts > 0 && row.due_at !== null && <> · {t('webhook.next')} <Due at={row.due_at} /></>}
          </p>
        </div>
        {row.state !== 'waiting' && <Button small onPress={onReplay}><RotateCw size={13} aria-hidden />{t('webhook.replay')}</Button>}
        <IconButton label={t(open ? 'webhook.hide' : 'webhook.show')} icon={ChevronDown} onPress={() => setOpen(!open)} aria-expanded={open} />
      </div>
      {open && <Details webhook={webhook} row={row} />}
    </li>
  )
}

function Due({ at }: { at: number }) {
  const formats = useFormats()
  return <time dateTime={new Date(at).toISOString()}>{formats.moment(at)}</time>
}

function Details({ webhook, row }: { webhook: Webhook; row: Delivery }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const query = useQuery(deliveryQuery(webhook.id, row.id))
  return (
    <div className="mt-2 flex flex-col gap-2 rounded-md bg-sunken p-3 text-sm">
      <p><bdi dir="ltr" className="font-mono text-xs text-muted">webhook-id: {row.id}</bdi></p>
      <ol className="flex flex-col gap-1">
        {row.tries.map((one) => (
          <li key={one.at}>
            <span className="text-muted"><When at={one.at} /> · {t('webhook.took', { ms: formats.number(one.ms) })} · </span>
            {one.code ? whyOf(one) : `HTTP ${one.status ?? ''}`}
            {one.answer && <pre dir="auto" className="max-h-32 overflow-auto text-xs whitespace-pre-wrap text-muted">{one.answer}</pre>}
          </li>
        ))}
      </ol>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <pre dir="ltr" tabIndex={0} aria-label={t('webhook.body')} className="max-h-80 overflow-auto rounded-md bg-raised p-2 text-start font-mono text-xs">{JSON.stringify(query.data.body, null, 2)}</pre>}
    </div>
  )
}
