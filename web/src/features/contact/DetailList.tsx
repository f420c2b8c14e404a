import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Contact } from '@/api/types'
import { useSum } from '@/features/cost/amount'
import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'
import { Phone } from '@/ui/Phone'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'

const stages = ['lead', 'customer'] as const
const sources = ['whatsapp', 'ad', 'post', 'api', 'manual', 'import'] as const
/** CRMs are called by their own names in every language. */
const crms: Record<string, string> = { hubspot: 'HubSpot', salesforce: 'Salesforce', zoho: 'Zoho CRM', zendesk: 'Zendesk', freshdesk: 'Freshdesk', intercom: 'Intercom', rest: 'CRM' }

/** What is known of a person, label beside value; unknown lines are left out. */
export function DetailList({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const sum = useSum()
  const stage = stages.find((word) => word === contact.lifecycle)
  const source = sources.find((word) => word === contact.source)
  const rows: [string, ReactNode][] = []
  if (contact.phone) rows.push([t('contact.phone'), <Phone key="p" value={contact.phone} />])
  if (contact.email) rows.push([t('contact.email'), <bdi key="e" dir="ltr" className="wrap-anywhere">{contact.email}</bdi>])
  if (contact.language) rows.push([t('contact.language'), formats.language(contact.language)])
  if (contact.country) rows.push([t('contact.country'), formats.country(contact.country)])
  if (contact.timezone) rows.push([t('contact.local_time'), <LocalTime key="t" zone={contact.timezone} />])
  if (contact.lifecycle) rows.push([t('contact.lifecycle'), <UserText key="l">{stage ? t(`contact.stage.${stage}`) : contact.lifecycle.replaceAll('_', ' ')}</UserText>])
  if (contact.source) rows.push([t('contact.source'), <UserText key="s">{source ? t(`contact.came_by.${source}`) : (crms[contact.source] ?? contact.source.replaceAll('_', ' '))}</UserText>])
  rows.push([t('contact.since'), formats.date(contact.created_at)])
  if (contact.last_inbound_at !== null) rows.push([t('contact.last_wrote'), <When key="w" at={contact.last_inbound_at} />])
  if (contact.cost) rows.push([t('cost.so_far'), <span key="c" className="tabular-nums">{sum(contact.cost)} <span className="text-muted">· {t('cost.count', { count: contact.cost.messages })}</span></span>])
  return <Definitions rows={rows} />
}

/** Pairs in two aligned columns. */
export function Definitions({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className="grid grid-cols-[minmax(88px,auto)_1fr] gap-x-3 gap-y-1.5 text-sm">
      {rows.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-muted"><bdi>{label}</bdi></dt>
          <dd className="min-w-0 text-strong">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function LocalTime({ zone }: { zone: string }) {
  const { i18n } = useTranslation()
  const now = useNow()
  return <bdi>{timeIn(zone, i18n.language, now)}</bdi>
}

/** The wall clock of a zone; a zone this browser does not know is named instead. */
function timeIn(zone: string, locale: string, at: number): string {
  try {
    return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', weekday: 'short', timeZone: zone }).format(at)
  } catch {
    return zone
  }
}
