import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleHelp, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ratesQuery } from '@/api/queries'
import type { Rate } from '@/api/types'
import { useAmount, useCostWords } from '@/features/cost/amount'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { EditRate, fresh } from './EditRate'

/** What one message costs by category, market and month; what nobody has confirmed is marked. */
export function RateCard({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation()
  const query = useQuery(ratesQuery)
  const [edited, setEdited] = useState<Rate | null>(null)
  const currency = query.data?.find((rate) => rate.currency !== null)?.currency ?? ''
  return (
    <Section title={t('cost.card')} hint={t('cost.card_hint')} aside={mayChange && query.data && <Button small onPress={() => setEdited(fresh(currency))}><Plus size={14} aria-hidden />{t('cost.add_price')}</Button>}>
      {query.isPending && <Loading rows={5} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      <ul aria-label={t('cost.card')}>
        {query.data?.map((rate) => <RateRow key={`${rate.category} ${rate.market} ${rate.from}`} rate={rate} onEdit={mayChange ? () => setEdited({ ...rate, currency: rate.currency ?? currency }) : undefined} />)}
      </ul>
      {edited && <EditRate rate={edited} isNew={edited.from === ''} onClose={() => setEdited(null)} />}
    </Section>
  )
}

function RateRow({ rate, onEdit }: { rate: Rate; onEdit?: () => void }) {
  const { t, i18n } = useTranslation()
  const shown = useAmount()
  const words = useCostWords()
  const since = new Intl.DateTimeFormat(i18n.language, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${rate.from}-01T00:00:00Z`))
  const verb = rate.amount_micros === null ? t('cost.enter') : t('common.change')
  const name = `${words.category(rate.category)}, ${words.market(rate.market)}`
  return (
    <li className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-1 border-b border-line py-2.5 last:border-b-0 md:grid-cols-[1fr_auto_7rem_6.5rem]">
      <div className="min-w-0">
        <p className="font-semibold text-strong">{words.category(rate.category)}</p>
        <p className="text-xs text-muted"><bdi>{words.market(rate.market)}</bdi> · {t('cost.since', { month: since })}</p>
      </div>
      {rate.confirmed ? <Pill tone="positive" icon={CircleCheck}>{t('cost.confirmed')}</Pill> : <Pill tone="caution" icon={CircleHelp}>{t('cost.unconfirmed')}</Pill>}
      <span className="font-semibold md:text-end text-strong tabular-nums">{rate.amount_micros === null ? <span className="font-normal text-muted">{rate.category === 'service' ? t('cost.as_utility') : t('cost.price_missing')}</span> : shown(rate.amount_micros, rate.currency)}</span>
      {onEdit && <Button small look="quiet" className="justify-self-end" aria-label={t('cost.edit_named', { verb, name })} onPress={onEdit}>{verb}</Button>}
    </li>
  )
}
