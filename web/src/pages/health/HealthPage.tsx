import { useQuery } from '@tanstack/react-query'
import { CircleCheck, RefreshCw, TriangleAlert } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { auditCountsQuery, doctorQuery } from '@/api/queries'
import type { AuditCounts } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Figure } from '@/ui/Figure'
import { Findings } from '@/ui/Findings'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { DeadLetters } from './DeadLetters'
import { FilesSection } from './FilesSection'

/** Is everything well, was anything lost: the four counts, the findings, what waits for a person. */
export function HealthPage() {
  const { t } = useTranslation()
  const doctor = useQuery(doctorQuery)
  const counts = useQuery(auditCountsQuery)
  const manages = useMe().permissions.includes('workspace.manage')
  return (
    <PageFrame title={t('health.title')} lead={t('health.lead')} actions={<Button onPress={() => void doctor.refetch()} isDisabled={doctor.isFetching}><RefreshCw size={15} aria-hidden />{t('health.check')}</Button>}>
      <Section
        title={t('health.counts')}
        hint={t('health.counts_hint')}
        aside={counts.data && (counts.data.balanced ? <Pill icon={CircleCheck} tone="positive">{t('health.balanced')}</Pill> : <Pill icon={TriangleAlert} tone="danger">{t('health.unbalanced')}</Pill>)}
      >
        {counts.isError && <ErrorNote error={counts.error} onRetry={() => void counts.refetch()} />}
        {counts.data && <Counts counts={counts.data} />}
      </Section>
      <Section title={t('findings.title')}>
        {doctor.isPending && <Loading rows={3} />}
        {doctor.isError && <ErrorNote error={doctor.error} onRetry={() => void doctor.refetch()} />}
        {doctor.data && <Findings findings={doctor.data.findings} linked />}
      </Section>
      <DeadLetters />
      {manages && <FilesSection />}
    </PageFrame>
  )
}

const main = ['received', 'stored', 'processed', 'shown'] as const
const rest = ['duplicates', 'quarantined', 'pending'] as const

function Counts({ counts }: { counts: AuditCounts }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
        {main.map((name) => (
          <Figure key={name} label={t(`health.count.${name}`)} definition={t(`health.definition.${name}`)}>{formats.number(counts[name])}</Figure>
        ))}
      </dl>
      <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
        {rest.map((name) => (
          <Figure key={name} label={t(`health.count.${name}`)} definition={t(`health.definition.${name}`)} bad={name === 'quarantined' && counts[name] > 0}>{formats.number(counts[name])}</Figure>
        ))}
      </dl>
    </div>
  )
}
