// Amounts in millionths of a currency, in the reader's language. A message costs fractions of a cent: small amounts keep their digits.
import { useMemo } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { CostSum } from '@/api/types'
import { latinDigits } from '@/i18n/digits'
import { useFormats } from '@/i18n/format'

const unit = 1_000_000

export function amount(locale: string, micros: number, currency: string | null): string {
  const small = micros !== 0 && Math.abs(micros) < unit
  const digits = small ? { minimumFractionDigits: 2, maximumFractionDigits: 6 } : {}
  if (currency === null) return new Intl.NumberFormat(locale, digits).format(micros / unit)
  try {
    const text = new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits }).format(micros / unit)
    // In a right-to-left line the mark of "US$" would fall away from its letters: figure and currency stay one left-to-right piece.
    return locale.startsWith('ar') ? `\u2066${text.replace(/\u200f/g, '')}\u2069` : text
  } catch {
    return `${micros / unit} ${currency}`
  }
}

export function useAmount(): (micros: number, currency: string | null) => string {
  const { i18n } = useTranslation()
  return useMemo(() => (micros: number, currency: string | null) => amount(i18n.language, micros, currency), [i18n.language])
}

/** A sum in words: the amount, and what it leaves out. */
export function useSum(): (sum: CostSum) => string {
  const { t } = useTranslation()
  const shown = useAmount()
  return (sum) => {
    if (sum.unpriced === sum.messages && sum.messages > 0) return t('cost.price_missing')
    const total = shown(sum.amount_micros, sum.currency)
    return sum.unpriced > 0 ? t('cost.at_least', { amount: total }) : total
  }
}

/** A typed amount in millionths; both decimal marks and Arabic digits are read. `null` when it is none. */
export function readAmount(text: string): number | null {
  const latin = latinDigits(text.trim()).replace(/[,٫]/, '.')
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(latin)) return null
  const [whole = '0', fraction = ''] = latin.split('.')
  return Number(whole) * unit + Number(fraction.padEnd(6, '0'))
}

/** Millionths as they are typed. */
export function typed(micros: number): string {
  const fraction = String(micros % unit).padStart(6, '0').replace(/0+$/, '')
  return fraction ? `${Math.floor(micros / unit)}.${fraction}` : String(micros / unit)
}

const categories = ['marketing', 'marketing_lite', 'utility', 'authentication', 'authentication-international', 'service', 'referral_conversion'] as const
export type Category = (typeof categories)[number]
/** The categories that can have a price. */
export const priced = categories.slice(0, 6)

export function useCostWords() {
  const { t } = useTranslation()
  const formats = useFormats()
  return {
    category: (word: string) => {
      const known = categories.find((name) => name === word)
      return known ? t(`cost.category.${known}`) : word.replaceAll('_', ' ')
    },
    market: (code: string) => (code === '*' ? t('cost.elsewhere') : code === '' ? t('cost.no_country') : formats.country(code)),
  }
}
