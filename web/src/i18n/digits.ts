// Numbers as people type them: keyboards write the digits of the person's own script.

/** Arabic-Indic, Persian and full-width digits as 0 to 9; everything else stays. */
export function latinDigits(text: string): string {
  return text.replace(/[٠-٩۰-۹０-９]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
}

/** A typed whole number from 0 to `most`, in whatever digits; null when it is none. */
export function wholeNumber(text: string, most: number): number | null {
  const latin = latinDigits(text.trim())
  return /^\d{1,9}$/.test(latin) && Number(latin) <= most ? Number(latin) : null
}
