import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, CircleHelp, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { put, remove } from '@/api/client'
import { ratesQuery } from '@/api/queries'
import type { Rate } from '@/api/types'
import { useAmount, useCostWords } from '@/features/cost/amount'
import { isolated } from '@/i18n/direction'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { EditRate, fresh } from './EditRate'
import { costsChanged } from './changed'

/** What one message costs by category, market and month; what nobody has confirmed is marked. */
export function RateCard({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation()
  const query = useQuery(ratesQuery)
  const [edited, setEdited] = useState<Rate | null>(null)
  const drop = useRemoval()
  const currency = query.data?.find((rate) => rate.currency !== null)?.currency ?? ''
  return (
    <Section title={t('cost.card')} hint={t('cost.card_hint')} aside={mayChange && query.data && <Button small onPress={() => setEdited(fresh(currency))}><Plus size={14} aria-hidden />{t('cost.add_price')}</Button>}>
      {query.isPending && <Loading rows={5} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      <ul aria-label={t('cost.card')}>
        {query.data?.map((rate) => <RateRow key={`${rate.category} ${rate.market} ${rate.from}`} rate={rate} onEdit={mayChange ? () => setEdited({ ...rate, currency: rate.currency ?? currency }) : undefined} onRemove={mayChange && isOwn(rate) ? () => drop.mutate(rate) : undefined} />)}
      </ul>
      {edited && <EditRate rate={edited} isNew={edited.from === ''} onClose={() => setEdited(null)} />}
    </Section>
  )
}

/** Every card begins with rows for all countries, without prices: there is nothing to remove in those. */
const isOwn = (rate: Rate) => rate.market !== '*' || rate.amount_micros !== null

/** Takes a row out of the card, and puts it back as long as that is offered. */
function useRemoval() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const words = useCostWords()
  const settle = () => costsChanged(client)
  const undo = useMutation({
    mutationFn: ({ category, market, from, amount_micros, currency, confirmed }: Rate) => put<Rate[]>('/costs/rates', { category, market, from, amount_micros, currency, confirmed }),
    onSuccess: settle,
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  return useMutation({
    mutationFn: ({ category, market, from }: Rate) => remove<Rate[]>(`/costs/rates?${new URLSearchParams({ category, market, from }).toString()}`),
    onSuccess: (_, rate) => {
      settle()
      const name = isolated(`${words.category(rate.category)} · ${words.market(rate.market)}`)
      toast(t('cost.removed_price', { name, rest: t('cost.removed_hint') }), 'plain', { label: t('cost.put_back'), run: () => undo.mutate(rate) })
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
}

function RateRow({ rate, onEdit, onRemove }: { rate: Rate; onEdit?: () => void; onRemove?: () => void }) {
  const { t, i18n } = useTranslation()
  const shown = useAmount()
  const words = useCostWords()
  const since = new Intl.DateTimeFormat(i18n.language, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${rate.from}-01T00:00:00Z`))
  const verb = rate.amount_micros === null ? t('cost.enter') : t('common.change')
  const name = `${words.category(rate.category)}, ${words.market(rate.market)}`
  return (
    <li className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-1 border-b border-line py-2.5 last:border-b-0 md:grid-cols-[1fr_auto_7rem_9rem]">
      <div className="min-w-0">
        <p className="font-semibold text-strong">{words.category(rate.category)}</p>
        <p className="text-xs text-muted"><bdi>{words.market(rate.market)}</bdi> · {t('cost.since', { month: since })}</p>
      </div>
      {rate.confirmed ? <Pill tone="positive" icon={CircleCheck}>{t('cost.confirmed')}</Pill> : <Pill tone="caution" icon={CircleHelp}>{t('cost.unconfirmed')}</Pill>}
      <span className="font-semibold md:text-end text-strong tabular-nums">{rate.amount_micros === null ? <span className="font-normal text-muted">{rate.category === 'service' ? t('cost.as_utility') : t('cost.price_missing')}</span> : shown(rate.amount_micros, rate.currency)}</span>
      {onEdit && (
        <span className="flex items-center justify-self-end gap-1">
          <Button small look="quiet" aria-label={t('cost.edit_named', { verb, name })} onPress={onEdit}>{verb}</Button>
          {onRemove && <IconButton label={t('cost.edit_named', { verb: t('cost.remove_price'), name })} icon={Trash2} onPress={onRemove} />}
        </span>
      )}
    </li>
  )
}
