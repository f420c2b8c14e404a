import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Send } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { contactListQuery } from '@/api/queries'
import type { Message } from '@/api/types'
import { ForecastAnswer } from '@/pages/costs/ForecastSection'
import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { Loading } from '@/ui/Loading'
import { SearchBox } from '@/ui/SearchBox'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { useStep } from './Actions'
import { forecastQuery, type Campaign } from './model'
import { isReady, moment, planned } from './when'
import { WhenPart } from './WhenPart'

/** Before it begins: what it will take, a test to oneself, and the button. */
export function StartSection({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { at } = useSearch({ from: '/app/campaigns/$campaignId' })
  const [when, setWhen] = useState(() => planned(campaign.scheduled_at ?? at ?? null))
  const [asking, setAsking] = useState(false)
  const forecast = useQuery(forecastQuery(campaign))
  const step = useStep(campaign)
  const ready = isReady(when, useNow())
  const count = forecast.data?.customers
  const verb = when.later ? t('campaigns.schedule') : t('campaigns.start')
  const begins = when.later ? t('campaigns.begins', { at: ready ? formats.moment(moment(when) ?? 0) : '' }) : t('campaigns.begins_now')
  return (
    <>
      <Section title={t('campaigns.forecast')} hint={t('campaigns.forecast_hint')}>
        {forecast.isPending && <Loading rows={2} />}
        {forecast.isError && <ErrorNote error={forecast.error} onRetry={() => void forecast.refetch()} />}
        {forecast.data && <ForecastAnswer forecast={forecast.data} />}
      </Section>
      <Section title={t('campaigns.test')} hint={t('campaigns.test_hint')}>
        <TestSend campaign={campaign} />
      </Section>
      <Section title={t('campaigns.begin')} hint={t('campaigns.begin_hint')}>
        {campaign.status === 'scheduled' && campaign.scheduled_at !== null && <p className="mb-3 text-strong">{t('campaigns.begins', { at: formats.moment(campaign.scheduled_at) })}</p>}
        <WhenPart
          when={when}
          onChange={(next) => {
            setWhen(next)
            setAsking(false)
          }}
        />
        <Button look="primary" className="mt-3" isDisabled={step.isPending || !ready} onPress={() => setAsking(true)}><Send size={15} aria-hidden className="rtl:-scale-x-100" />{verb}</Button>
      </Section>
      <Confirm
        title={verb}
        text={count === undefined ? t('campaigns.start_uncounted') : t('campaigns.start_text', { count, shown: formats.number(count) })}
        detail={begins}
        verb={verb}
        isOpen={asking && ready}
        onClose={() => setAsking(false)}
        onConfirm={() => step.mutate({ step: 'start', body: { at: moment(when) } })}
      />
    </>
  )
}

/** The message to one contact: found by name or number. */
function TestSend({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const contacts = useInfiniteQuery({ ...contactListQuery({ q: text.trim() }), enabled: text.trim().length > 1 })
  const found = contacts.data?.pages[0]?.items.slice(0, 5) ?? []
  const send = useMutation({
    mutationFn: (id: string) => post<Message>(`/campaigns/${campaign.id}/test`, { contact_id: id }),
    onSuccess: () => toast(t('campaigns.test_sent')),
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  return (
    <div className="flex max-w-md flex-col gap-2">
      <SearchBox label={t('contacts.search')} value={text} onChange={setText} />
      {text.trim().length > 1 && (
        <ul aria-label={t('contacts.title')} className="rounded-lg border border-line empty:hidden">
          {found.map((contact) => (
            <li key={contact.id} className="flex items-center gap-2 border-b border-line px-3 py-1.5 last:border-b-0">
              <span className="min-w-0 grow">
                <bdi className="block truncate text-strong">{contact.name || contact.phone}</bdi>
                {contact.name && contact.phone && <span className="block truncate text-sm text-muted"><bdi dir="ltr">{contact.phone}</bdi></span>}
              </span>
              <Button small isDisabled={send.isPending} onPress={() => send.mutate(contact.id)}>{t('campaigns.test_send')}</Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
