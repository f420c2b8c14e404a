// Values of contacts' fields as text, and what of a text is not in another.
import { known } from '@/ui/errors'

/** A value as a person reads it; empty text for none. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(valueText).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean)
}

/** What a field is called. */
export function fieldText(field: string): string {
  const own = field.replace(/^fields\./, '')
  return known(`conflict.field.${field}`) ?? known(`contact.${field}`) ?? own.replaceAll('_', ' ')
}

/** A text in words; those that stand between what is equal at both ends of the two are marked. Whole words, because letters of some scripts change with their neighbours. */
export function marked(text: string, other: string): { text: string; differs: boolean }[] {
  const [own, theirs] = [text.split(/(\s+)/), other.split(/(\s+)/)]
  let start = 0
  while (start < own.length && start < theirs.length && own[start] === theirs[start]) start++
  let end = 0
  while (end < own.length - start && end < theirs.length - start && own[own.length - 1 - end] === theirs[theirs.length - 1 - end]) end++
  const parts = [
    { text: own.slice(0, start).join(''), differs: false },
    { text: own.slice(start, own.length - end).join(''), differs: true },
    { text: own.slice(own.length - end).join(''), differs: false },
  ]
  return parts.filter((part) => part.text)
}
