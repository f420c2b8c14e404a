import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get } from '@/api/client'
import type { Calls, Channel } from '@/api/types'
import { Definitions } from '@/features/contact/DetailList'
import { useFormats } from '@/i18n/format'
import { ErrorNote } from '@/ui/ErrorNote'
import { Section } from '@/ui/Section'
import { When } from '@/ui/When'

/** How far the workspace's own limits of calls are used, and what waits for want of them. */
export function CallsSection({ channel }: { channel: Channel }) {
  const { t } = useTranslation()
  const query = useQuery({ queryKey: ['channel', 'calls', channel.id], queryFn: ({ signal }) => get<Calls>(`/channels/${channel.id}/calls`, undefined, signal), staleTime: 60_000 })
  return (
    <Section title={t('calls.title')} hint={t('calls.hint')}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Facts calls={query.data} />}
    </Section>
  )
}

const waits = ['replies', 'notices', 'promotion'] as const

function Facts({ calls }: { calls: Calls }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const of = (some: number, all: number) => t('tier.of', { some: formats.number(some), all: formats.number(all) })
  const rows: [string, ReactNode][] = []
  if (calls.per_hour !== null) rows.push([t('calls.hour'), of(calls.last_hour, calls.per_hour)])
  if (calls.per_day !== null) rows.push([t('calls.day'), of(calls.last_day, calls.per_day)])
  for (const wait of waits) {
    const at = calls[`${wait}_at`]
    if (at !== null) rows.push([t(`calls.${wait}`), <When key={wait} at={at} />])
  }
  return rows.length > 0 ? <Definitions rows={rows} /> : <p className="text-sm text-muted">{t('calls.none')}</p>
}
