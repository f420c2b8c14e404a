import { queryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get } from '@/api/client'
import { keys } from '@/api/keys'
import type { ConnectionFigures, Id } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { fieldText } from '@/pages/conflicts/value'
import { Answered } from '@/ui/Answered'
import { known } from '@/ui/errors'
import { Figure } from '@/ui/Figure'
import { Section } from '@/ui/Section'
import { Segmented } from '@/ui/Segmented'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'

/** Above this share of refused fields, somebody should look at the mapping. */
const fieldErrorsAtMost = 0.02
/** Below this share of successful changes, something is wrong. */
const successAtLeast = 0.99

const healthQuery = (id: Id) => queryOptions({ queryKey: [...keys.connections, 'health', id], queryFn: ({ signal }) => get<ConnectionFigures>(`/connections/${id}/health`, undefined, signal), refetchInterval: 30_000 })

/** How a connection fared: what arrived and how fast, what went wrong and what to do, which fields make trouble. */
export function HealthSections({ connectionId }: { connectionId: Id }) {
  const { t } = useTranslation()
  const [span, setSpan] = useState<'day' | 'week'>('day')
  const query = useQuery(healthQuery(connectionId))
  const choice = <Segmented label={t('sync_health.span')} value={span} onChange={setSpan} options={[{ id: 'day', label: t('sync_health.day') }, { id: 'week', label: t('sync_health.week') }]} />
  return (
    <>
      <Section title={t('sync_health.title')} aside={choice}>
        <Answered query={query}>{(figures) => <Span figures={figures} span={figures[span]} />}</Answered>
      </Section>
      {query.data && <Failures figures={query.data} />}
      {query.data && <FieldReport figures={query.data} />}
    </>
  )
}

function Span({ figures, span }: { figures: ConnectionFigures; span: ConnectionFigures['day'] }) {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  const time = (ms: number | null) => (ms === null ? '–' : ms < 60_000 ? new Intl.NumberFormat(i18n.language, { style: 'unit', unit: 'second', unitDisplay: 'short', maximumFractionDigits: 1 }).format(ms / 1000) : formats.span(ms))
  const { quota } = figures
  return (
    <>
      <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
        <Figure label={t('sync_health.done')} definition={t('sync_health.done_definition')}>{formats.number(span.done)}</Figure>
        <Figure label={t('connection.success')} definition={t('sync_health.success_definition')} bad={span.success_rate !== null && span.success_rate < successAtLeast}>{span.success_rate === null ? '–' : formats.percent(span.success_rate)}</Figure>
        <Figure label={t('sync_health.p50')} definition={t('sync_health.p50_definition')}>{time(span.p50_ms)}</Figure>
        <Figure label={t('sync_health.p99')} definition={t('sync_health.p99_definition')}>{time(span.p99_ms)}</Figure>
      </dl>
      {quota && quota.daily > 0 && (
        <div className="mt-4">
          <p id="quota" className="mb-1 text-sm text-muted">{t('sync_health.quota', { left: formats.number(quota.remaining), all: formats.number(quota.daily) })}</p>
          <meter aria-labelledby="quota" min={0} max={quota.daily} low={quota.daily * 0.2} high={quota.daily * 0.5} optimum={quota.daily} value={quota.remaining} className="h-2 w-full [&::-webkit-meter-bar]:rounded-full [&::-webkit-meter-bar]:border-0 [&::-webkit-meter-bar]:bg-sunken [&::-webkit-meter-even-less-good-value]:bg-danger [&::-webkit-meter-optimum-value]:bg-accent [&::-webkit-meter-suboptimum-value]:bg-caution" />
        </div>
      )}
    </>
  )
}

function Failures({ figures }: { figures: ConnectionFigures }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <Section title={t('sync_health.failures')} hint={t('sync_health.failures_hint')}>
      {figures.failures.length === 0 && <p className="text-muted">{t('sync_health.no_failures')}</p>}
      <ul aria-label={t('sync_health.failures')} className="empty:hidden">
        {figures.failures.map((failure) => (
          <li key={failure.class} className="flex gap-3 border-b border-line py-2.5 last:border-b-0">
            <span className="w-12 shrink-0 text-end font-semibold text-strong tabular-nums">{formats.number(failure.count)}</span>
            <div className="min-w-0 grow">
              <p className="text-strong">{known(`sync_health.class.${failure.class}.title`) ?? failure.class}</p>
              <p className="text-sm text-muted">{known(`sync_health.class.${failure.class}.fix`)}</p>
              {failure.last_error && <p className="text-sm text-danger-ink"><UserText>{failure.last_error}</UserText></p>}
            </div>
            <When at={failure.last_at} className="shrink-0 text-xs text-muted" />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function FieldReport({ figures }: { figures: ConnectionFigures }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const total = figures.field_error_rate
  const aside = total !== null && <span className={`font-semibold tabular-nums ${total > fieldErrorsAtMost ? 'text-danger-ink' : 'text-strong'}`}>{formats.percent(total)}</span>
  return (
    <Section title={t('sync_health.fields')} hint={t('sync_health.fields_hint')} aside={aside}>
      {figures.fields.length === 0 ? <p className="text-muted">{t('sync_health.no_fields')}</p> : (
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-line text-muted">
              <th scope="col" className="py-1.5 text-start font-normal">{t('sync_health.field')}</th>
              {(['written', 'refused', 'errors'] as const).map((name) => <th key={name} scope="col" className="w-24 py-1.5 text-end font-normal">{t(`sync_health.${name}`)}</th>)}
            </tr>
          </thead>
          <tbody>
            {figures.fields.map((field) => (
              <tr key={`${field.local_field} ${field.remote_field}`} className="border-b border-line last:border-b-0">
                <th scope="row" className="py-1.5 text-start font-normal text-strong"><UserText>{fieldText(field.local_field)}</UserText></th>
                <td className="py-1.5 text-end tabular-nums">{formats.number(field.written)}</td>
                <td className="py-1.5 text-end tabular-nums">{formats.number(field.refused)}</td>
                <td className={`py-1.5 text-end tabular-nums ${field.error_rate > fieldErrorsAtMost ? 'text-danger-ink' : ''}`}>{formats.percent(field.error_rate)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}
