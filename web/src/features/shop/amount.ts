/** A sum as the shop tells it, in the reader's language; as it is where the currency is none that browsers know. */
export function sum(value: string | null | undefined, currency: string | null | undefined, locale: string): string {
  if (!value) return ''
  try {
    return new Intl.NumberFormat(locale, currency ? { style: 'currency', currency } : {}).format(Number(value))
  } catch {
    return `${value} ${currency ?? ''}`.trim()
  }
}
