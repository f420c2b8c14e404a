import { useTranslation } from '@/i18n/useTranslation'
import type { CouponPool } from '@/api/types'
import { latinDigits } from '@/i18n/digits'
import { fieldError } from '@/ui/errors'
import { Field } from '@/ui/Field'

/** When codes are good and how many a customer may have, as they are typed. */
export interface Terms {
  from: string
  to: string
  days: string
  per_contact: string
}

export const termFields = ['valid_from', 'valid_to', 'valid_days', 'per_contact']

const two = (number: number) => String(number).padStart(2, '0')

/** The day of a moment by the reader's clock, as date fields have it. */
function day(at: number | null): string {
  if (at === null) return ''
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The midnight that begins a day, or the one that ends it. */
function midnight(text: string, after: 0 | 1): number | null {
  if (!text) return null
  const date = new Date(`${text}T00:00`)
  date.setDate(date.getDate() + after)
  return date.getTime()
}

const whole = (text: string) => (text.trim() ? Number(latinDigits(text.trim())) : null)

export const termsOf = (pool: CouponPool | null): Terms => ({
  from: day(pool?.valid_from ?? null),
  // What ends at a midnight was good on the day before it.
  to: day(pool?.valid_to ? pool.valid_to - 1 : null),
  days: pool?.valid_days ? String(pool.valid_days) : '',
  per_contact: String(pool?.per_contact ?? 1),
})

/** What is sent of it. */
export const sentTerms = (terms: Terms) => ({
  valid_from: midnight(terms.from, 0),
  valid_to: midnight(terms.to, 1),
  valid_days: whole(terms.days),
  per_contact: whole(terms.per_contact) ?? 1,
})

export function TermsFields({ terms, onChange, error }: { terms: Terms; onChange: (terms: Terms) => void; error: unknown }) {
  const { t } = useTranslation()
  const set = (name: keyof Terms) => (value: string) => onChange({ ...terms, [name]: value })
  return (
    <div className="grid grid-cols-2 items-start gap-3">
      <Field label={t('coupon.from')} type="date" value={terms.from} onChange={set('from')} error={fieldError(error, 'valid_from')} />
      <Field label={t('coupon.until')} type="date" value={terms.to} onChange={set('to')} error={fieldError(error, 'valid_to')} />
      <Field label={t('coupon.days')} inputMode="numeric" ltr value={terms.days} onChange={set('days')} error={fieldError(error, 'valid_days')} />
      <Field label={t('coupon.per_contact')} inputMode="numeric" ltr value={terms.per_contact} onChange={set('per_contact')} error={fieldError(error, 'per_contact')} />
    </div>
  )
}
