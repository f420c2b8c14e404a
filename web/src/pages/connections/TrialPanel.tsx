import { useTranslation } from '@/i18n/useTranslation'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import type { Trial } from '@/api/types'
import { known } from '@/ui/errors'
import { Section } from '@/ui/Section'
import { When } from '@/ui/When'
import { problemText } from './own'

/** What the CRM answered: its first contacts as they would come over, and everything that does not fit. */
export function TrialPanel({ trial }: { trial: Trial }) {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  return (
    <Section title={t('own.trial')} hint={t('own.trial_hint')}>
      {trial.problems.length === 0 ? (
        <p role="status" className="mb-3 rounded-lg bg-positive-soft p-3 text-positive-ink">{t('own.fits', { number: formats.number(trial.read) })}</p>
      ) : (
        <ul role="alert" className="mb-3 flex flex-col gap-1 rounded-lg bg-danger-soft p-3 text-danger-ink">
          {trial.problems.map((problem) => (
            <li key={`${problem.place} ${problem.code} ${problem.text}`} className="wrap-anywhere">
              {problem.place && <bdi dir="ltr" className="font-mono text-xs">{problem.place}</bdi>} {problemText(problem, t, i18n.language)}
            </li>
          ))}
        </ul>
      )}
      <ul className="flex flex-col gap-3" aria-label={t('own.first')}>
        {trial.records.map((record) => (
          <li key={record.id} className="rounded-lg border border-line p-3">
            <p className="mb-1 flex flex-wrap items-baseline gap-2 text-sm">
              <bdi dir="ltr" className="font-semibold text-strong">{record.id}</bdi>
              {record.modified_at !== null && <span className="text-muted"><When at={record.modified_at} /></span>}
              {record.deleted && <span className="text-danger-ink">{t('own.deleted')}</span>}
            </p>
            <dl className="grid gap-x-3 gap-y-1 text-sm sm:grid-cols-[minmax(0,12rem)_1fr]">
              {record.values.map((value) => (
                <div key={`${value.local} ${value.remote}`} className="contents">
                  <dt className="min-w-0 text-muted"><bdi dir="ltr" className="wrap-anywhere">{value.remote}</bdi></dt>
                  <dd className="min-w-0 wrap-anywhere">
                    {value.value ? <bdi dir="auto">{value.value}</bdi> : <span className="text-muted">–</span>}
                    {value.becomes !== null && <span className="text-muted"> ({t('own.becomes', { value: isolated(value.becomes) })})</span>}
                    {value.problem !== null && <span className="ms-2 text-danger-ink">{known(`own.value.${value.problem}`) ?? value.problem}</span>}
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </Section>
  )
}
