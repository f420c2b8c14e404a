import { useTranslation } from '@/i18n/useTranslation'
import type { MessageCost as Cost } from '@/api/types'
import { useAmount, useCostWords } from './amount'

/** What one message costs: the amount, whether it is certain, and why. */
export function MessageCost({ cost }: { cost: Cost }) {
  const { t } = useTranslation()
  const shown = useAmount()
  const words = useCostWords()
  const amount = cost.amount_micros === null ? t('cost.price_missing') : cost.amount_micros === 0 ? t('cost.free') : shown(cost.amount_micros, cost.currency)
  return (
    <div className="border-b border-line pb-3 text-sm">
      <dl className="flex items-baseline justify-between gap-3">
        <dt className="text-muted">{t(`cost.state.${cost.state}`)}</dt>
        <dd className="text-end font-semibold text-strong tabular-nums">{amount}</dd>
      </dl>
      <p className="text-xs text-muted">{words.category(cost.category)} · {t(`cost.why.${cost.why}`)}</p>
    </div>
  )
}
