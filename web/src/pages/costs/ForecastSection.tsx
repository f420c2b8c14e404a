import { useMutation, useQuery } from '@tanstack/react-query'
import { Calculator, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { channelsQuery } from '@/api/queries'
import type { Forecast } from '@/api/types'
import { useAmount, useCostWords } from '@/features/cost/amount'
import { latinDigits } from '@/i18n/digits'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'
import { Figure } from '@/ui/Figure'
import { IconButton } from '@/ui/IconButton'
import { Section } from '@/ui/Section'
import { Segmented } from '@/ui/Segmented'
import { Select } from '@/ui/Select'

const categories = ['marketing', 'utility', 'authentication'] as const
/** Digits of either script, as they are typed. */
const digits = (text: string) => latinDigits(text).replace(/\D/g, '')

interface Row {
  country: string
  count: string
}

/** What writing to many customers would take: money, share of the messaging limit, and how it is spread over days. */
export function ForecastSection() {
  const { t } = useTranslation()
  const words = useCostWords()
  const channels = useQuery(channelsQuery)
  const [home, setHome] = useState('')
  const [category, setCategory] = useState<(typeof categories)[number]>('marketing')
  const [whom, setWhom] = useState<'all' | 'counts'>('all')
  const [rows, setRows] = useState<Row[]>([{ country: '', count: '' }])
  const channel = home || channels.data?.[0]?.id || ''
  const change = (at: number, part: Partial<Row>) => setRows((old) => old.map((row, index) => (index === at ? { ...row, ...part } : row)))
  const given = rows.filter((row) => row.count !== '')
  const ask = useMutation({
    mutationFn: () =>
      post<Forecast>('/costs/forecast', {
        channel_id: channel,
        category,
        ...(whom === 'counts' ? { customers: given.map(({ country, count }) => ({ country: country.trim().toUpperCase() || null, count: Number(count) })) } : {}),
      }),
  })
  return (
    <Section title={t('forecast.title')} hint={t('forecast.hint')}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          ask.mutate()
        }}
      >
        <div className="flex flex-wrap items-end gap-3">
          {(channels.data?.length ?? 0) > 1 && <Select label={t('templates.channel')} value={channel} options={(channels.data ?? []).map(({ id, name }) => ({ id, label: name }))} onChange={setHome} />}
          <Segmented label={t('cost.by.category')} value={category} options={categories.map((id) => ({ id, label: words.category(id) }))} onChange={setCategory} />
          <Segmented label={t('forecast.whom')} value={whom} options={(['all', 'counts'] as const).map((id) => ({ id, label: t(`forecast.whom_of.${id}`) }))} onChange={setWhom} />
        </div>
        {whom === 'counts' && (
          <div className="flex flex-col gap-2">
            {rows.map((row, at) => (
              <div key={at} className="grid grid-cols-[6rem_minmax(0,10rem)_auto] items-end gap-2">
                <Field ltr label={t('forecast.country')} placeholder="AE" maxLength={2} value={row.country} onChange={(country) => change(at, { country })} />
                <Field ltr label={t('forecast.count')} placeholder="1000" inputMode="numeric" value={row.count} onChange={(count) => change(at, { count: digits(count) })} />
                {rows.length > 1 && <IconButton label={t('forecast.remove', { n: at + 1 })} icon={X} onPress={() => setRows((old) => old.filter((_, index) => index !== at))} />}
              </div>
            ))}
            <Button small className="self-start" onPress={() => setRows((old) => [...old, { country: '', count: '' }])}><Plus size={14} aria-hidden />{t('forecast.add')}</Button>
          </div>
        )}
        <Button look="primary" type="submit" className="self-start" isDisabled={!channel || ask.isPending || (whom === 'counts' && given.length === 0)}><Calculator size={15} aria-hidden />{t('forecast.ask')}</Button>
        {ask.isError && <ErrorNote error={ask.error} />}
      </form>
      {ask.data && <ForecastAnswer forecast={ask.data} />}
    </Section>
  )
}

/** A forecast in figures. */
export function ForecastAnswer({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const money = useAmount()
  const words = useCostWords()
  const sum = forecast.customers > 0 && forecast.unpriced === forecast.customers ? t('cost.price_missing') : money(forecast.amount_micros, forecast.currency ?? null)
  const { batches } = forecast
  return (
    <div role="status" className="mt-4 flex flex-col gap-4 rounded-lg bg-sunken p-4">
      <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
        <Figure label={t('forecast.cost')} definition={t('forecast.cost_definition')}>{forecast.unpriced > 0 && forecast.unpriced < forecast.customers ? t('cost.at_least', { amount: sum }) : sum}</Figure>
        <Figure label={t('forecast.customers')} definition={t('forecast.customers_definition')}>{formats.number(forecast.customers)}</Figure>
        <Figure label={t('forecast.tier')} definition={forecast.tier_known ? t('forecast.tier_definition') : t('forecast.tier_unknown')} bad={(forecast.tier_percent ?? 0) > 80}>{forecast.tier_percent === null ? t('forecast.unlimited') : formats.percent(forecast.tier_percent / 100)}</Figure>
        <Figure label={t('forecast.calls')} definition={t('forecast.calls_definition')} bad={(forecast.daily_percent ?? 0) > 80}>{formats.number(forecast.calls)}</Figure>
      </dl>
      <p className={forecast.over ? 'text-caution-ink' : 'text-strong'}>
        {batches === null ? t('forecast.no_room') : forecast.over ? t('forecast.batches', { count: batches.count, first: formats.number(batches.first), each: formats.number(batches.each) }) : t('forecast.at_once')}
      </p>
      {forecast.tier_limit !== null && <p className="text-xs text-muted">{t('forecast.limit', { used: formats.number(forecast.tier_used), limit: formats.number(forecast.tier_limit) })}</p>}
      {forecast.unpriced > 0 && <p className="text-sm text-caution-ink">{t('forecast.unpriced', { count: forecast.unpriced })}</p>}
      {forecast.countries.length > 1 && (
        <ul className="text-sm">
          {forecast.countries.slice(0, 12).map(({ country, customers, amount_micros }) => (
            <li key={country ?? ''} className="flex justify-between gap-4 border-b border-line py-1 last:border-b-0">
              <span className="text-strong">{words.market(country ?? '')}</span>
              <span className="text-muted tabular-nums">{formats.number(customers)}</span>
              <span className="min-w-20 text-end tabular-nums">{amount_micros === null ? t('cost.price_missing') : money(amount_micros, forecast.currency ?? null)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
