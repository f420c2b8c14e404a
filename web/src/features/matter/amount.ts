import { latinDigits } from '@/i18n/digits'

/** How many decimals a currency has; two where nobody knows. */
function places(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency: currency || 'USD' }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

/** A typed amount in minor units of a currency: "129,90" of EUR is 12990. Null for nothing, NaN for what is no amount. */
export function minorUnits(text: string, currency: string): number | null {
  const latin = latinDigits(text.trim()).replace(/[٫,]/u, '.').replaceAll(/[\s٬]/gu, '')
  if (latin === '') return null
  if (!/^\d+(\.\d+)?$/.test(latin)) return Number.NaN
  return Math.round(Number(latin) * 10 ** places(currency))
}
