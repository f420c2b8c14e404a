// The values of a guard's check in words: "12 of 250", "80 per second", "yesterday 14:02; 24 h apart".
import { useTranslation } from '@/i18n/useTranslation'
import type { Check } from '@/api/types'
import { useAmount } from '@/features/cost/amount'
import { useFormats } from '@/i18n/format'
import { useMachineWords } from '@/i18n/machine'

/** How the limit of a rule reads beside a moment; any other limit beside a moment is the moment of the judgement and says nothing. */
const limits: Record<string, 'apart' | 'per_second' | 'every' | undefined> = { ecosystem: 'apart', promotion_gap: 'apart', event_gap: 'apart', throughput: 'per_second', pair_rate: 'every' }
/** Rules whose value only repeats their sentence. */
const plain = new Set(['channel_active', 'content', 'blocked', 'template_approved'])

export function useFigures(): (check: Check) => string | null {
  const { t } = useTranslation()
  const formats = useFormats()
  const words = useMachineWords()
  const money = useAmount()

  const text = (value: unknown): string => {
    if (Array.isArray(value)) return value.map(text).join(t('common.list_separator'))
    return typeof value === 'string' ? words.value(value) : typeof value === 'number' ? formats.number(value) : ''
  }
  const moment = ({ rule, value, limit }: Check): string | null => {
    const at = typeof value === 'number' ? formats.moment(value) : ''
    const way = limits[rule]
    if (way === undefined || typeof limit !== 'number') return at || null
    if (way === 'per_second') return t('why.per_second', { limit: formats.number(limit) })
    const span = formats.span(limit)
    if (way === 'every') return t('why.every', { limit: span })
    return at ? t('why.apart', { value: at, limit: span }) : null
  }
  const budget = (params: unknown): string | null => {
    const { spent_micros: spent, limit_micros: limit, currency } = (params ?? {}) as Record<string, unknown>
    if (typeof spent !== 'number' || typeof limit !== 'number' || typeof currency !== 'string') return null
    return t('why.of', { value: money(spent, currency), limit: money(limit, currency) })
  }
  const about = (check: Check): string | null => {
    const { event } = (check.params ?? {}) as Record<string, unknown>
    return [typeof event === 'string' ? event : null, moment(check)].filter(Boolean).join(' · ') || null
  }
  const counted = (value: unknown, limit: unknown, show: (figure: number) => string): string | null => {
    if (typeof value !== 'number') return text(value) || null
    return typeof limit === 'number' ? t('why.of', { value: show(value), limit: show(limit) }) : show(value)
  }

  return (check) => {
    if (check.rule === 'monthly_budget') return budget(check.params)
    if (check.rule === 'event_gap') return about(check)
    if (check.unit === 'time') return moment(check)
    if (check.unit === 'count') return counted(check.value, check.limit, formats.number)
    if (check.unit === 'duration') return counted(check.value, check.limit, formats.span)
    if (check.passed && plain.has(check.rule)) return null
    const value = text(check.value)
    const limit = text(check.limit)
    return !check.passed && value && limit ? t('why.against', { value, limit }) : value || null
  }
}
