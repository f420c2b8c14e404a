import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { costsQuery } from '@/api/queries'
import { useMe } from '@/features/frame/useMe'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Section } from '@/ui/Section'
import { Segmented } from '@/ui/Segmented'
import { Bars } from './Bars'
import { BudgetSection } from './BudgetSection'
import { ForecastSection } from './ForecastSection'
import { RateCard } from './RateCard'

const groups = ['category', 'country', 'channel', 'day'] as const
type Group = (typeof groups)[number]

/** What messages cost this month, against the budget, and the prices behind it. */
export function CostsPage() {
  const { t } = useTranslation()
  const me = useMe()
  if (!me.permissions.includes('cost.read')) {
    return <PageFrame title={t('cost.title')}><p className="text-muted">{t('cost.not_allowed')}</p></PageFrame>
  }
  return (
    <PageFrame title={t('cost.title')} lead={t('cost.lead')}>
      <BudgetSection mayChange={me.permissions.includes('workspace.manage')} />
      <Breakdown />
      <ForecastSection />
      <RateCard mayChange={me.permissions.includes('workspace.manage')} />
    </PageFrame>
  )
}

function Breakdown() {
  const { t } = useTranslation()
  const [group, setGroup] = useState<Group>('category')
  const query = useQuery(costsQuery(group))
  return (
    <Section title={t('cost.where')} hint={t('cost.where_hint')}>
      <div className="mb-3"><Segmented label={t('cost.group')} value={group} onChange={setGroup} options={groups.map((id) => ({ id, label: t(`cost.by.${id}`) }))} /></div>
      {query.isPending && <Loading rows={4} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Bars report={query.data} />}
    </Section>
  )
}
