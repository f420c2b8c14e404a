import { useQuery } from '@tanstack/react-query'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { budgetQuery } from '@/api/queries'
import type { Budget } from '@/api/types'
import { useAmount, useSum } from '@/features/cost/amount'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { ErrorNote } from '@/ui/ErrorNote'
import { Figure } from '@/ui/Figure'
import { Loading } from '@/ui/Loading'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { EditBudget } from './EditBudget'

/** This month so far, and the budget it is held against. */
export function BudgetSection({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation()
  const query = useQuery(budgetQuery)
  const [open, setOpen] = useState(false)
  const budget = query.data
  return (
    <Section
      title={t('cost.month')}
      hint={t('cost.month_hint')}
      aside={mayChange && budget && <Button small onPress={() => setOpen(true)}>{budget.amount_micros === null ? t('cost.set_budget') : t('cost.change_budget')}</Button>}
    >
      {query.isPending && <Loading rows={2} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {budget && <Month budget={budget} />}
      {open && budget && <EditBudget budget={budget} onClose={() => setOpen(false)} />}
    </Section>
  )
}

function Month({ budget }: { budget: Budget }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const shown = useAmount()
  const sum = useSum()
  const { spent } = budget
  return (
    <div className="flex flex-col gap-4">
      <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
        <Figure label={t('cost.amount')} definition={t('cost.definition.amount')} bad={budget.reached}>{sum(spent)}</Figure>
        <Figure label={t('cost.messages')} definition={t('cost.definition.messages')}>{formats.number(spent.messages)}</Figure>
        <Figure label={t('cost.free_messages')} definition={t('cost.definition.free')}>{formats.number(spent.free)}</Figure>
        <Figure label={t('cost.unpriced')} definition={t('cost.definition.unpriced')} bad={spent.unpriced > 0}>{formats.number(spent.unpriced)}</Figure>
      </dl>
      {budget.amount_micros === null || budget.percent === null ? (
        <p className="text-muted">{t('cost.no_budget')}</p>
      ) : (
        <div className="flex flex-col gap-1.5">
          <div className="flex flex-wrap items-center justify-between gap-2 text-sm">
            <span className="text-strong tabular-nums">{t('cost.of_budget', { percent: formats.percent(budget.percent / 100), amount: shown(budget.amount_micros, budget.currency) })}</span>
            {budget.reached ? <Pill tone="danger" icon={TriangleAlert}>{t('cost.reached')}</Pill> : budget.passed !== null ? <Pill tone="caution" icon={TriangleAlert}>{t('cost.passed', { percent: formats.percent(budget.passed / 100) })}</Pill> : <Pill tone="positive" icon={CircleCheck}>{t('cost.within')}</Pill>}
          </div>
          <div role="meter" aria-label={t('cost.budget')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.min(budget.percent, 100)} aria-valuetext={formats.percent(budget.percent / 100)} className="relative h-3 overflow-hidden rounded-full bg-sunken">
            <div className={cx('h-full rounded-full', budget.reached ? 'bg-danger' : budget.passed === null ? 'bg-accent' : 'bg-caution')} style={{ inlineSize: `${Math.min(budget.percent, 100)}%` }} />
            {budget.at_percent.filter((mark) => mark < 100).map((mark) => <span key={mark} aria-hidden className="absolute inset-y-0 w-px bg-control" style={{ insetInlineStart: `${mark}%` }} />)}
          </div>
          <p className="text-xs text-muted">{t(`cost.on.${budget.on_reached}`)}</p>
        </div>
      )}
    </div>
  )
}
