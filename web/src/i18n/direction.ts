const rightToLeft = new Set(['ar', 'he', 'fa', 'ur', 'ps', 'sd', 'ug', 'yi', 'dv', 'ckb'])

/** The writing direction of a language code such as "ar", "ar_EG" or "en-US". */
export function directionOf(language: string): 'ltr' | 'rtl' {
  return rightToLeft.has(language.toLowerCase().split(/[-_]/)[0] ?? '') ? 'rtl' : 'ltr'
}

/** A name, a number, a word of somebody else's inside our sentence: it keeps its own direction and leaves ours alone. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`
}
