import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get } from '@/api/client'
import type { Channel, Tier } from '@/api/types'
import { Definitions } from '@/features/contact/DetailList'
import { useFormats } from '@/i18n/format'
import { ErrorNote } from '@/ui/ErrorNote'
import { Section } from '@/ui/Section'

/** How far the messaging limit is used, how near the next one is, and what holds it back. */
export function TierSection({ channel }: { channel: Channel }) {
  const { t } = useTranslation()
  const query = useQuery({ queryKey: ['channel', 'tier', channel.id], queryFn: ({ signal }) => get<Tier>(`/channels/${channel.id}/tier`, undefined, signal), staleTime: 60_000 })
  return (
    <Section title={t('tier.title')} hint={t('tier.hint')}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Facts tier={query.data} />}
    </Section>
  )
}

const holds = ['quality', 'volume', 'verification'] as const

function Facts({ tier }: { tier: Tier }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { next } = tier
  const of = (some: number, all: number) => t('tier.of', { some: formats.number(some), all: formats.number(all) })
  const rows: [string, ReactNode][] = [[t('tier.used'), tier.limit === null ? formats.number(tier.used) : of(tier.used, tier.limit)]]
  if (!tier.known) rows.push([t('tier.next'), t('tier.unknown')])
  else rows.push([t('tier.next'), next?.limit ? formats.number(next.limit) : t(next ? 'channel.unlimited' : 'tier.none')])
  if (next) {
    const held = holds.filter((hold) => next.holds.includes(hold))
    rows.push([t(next.days > 7 ? 'tier.in_30' : 'tier.in_7'), of(next.reached, next.needed)])
    rows.push([t('tier.holds'), held.length === 0 ? t('tier.comes') : <ul key="h">{held.map((hold) => <li key={hold}>{t(`tier.hold.${hold}`)}</li>)}</ul>])
  }
  return <Definitions rows={rows} />
}
