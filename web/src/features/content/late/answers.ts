// What a customer filled in, as names and values: a form's answer is an object of its author's making.
import { isRecord, text } from '../shape'

/** A value to read: words, whether something was ticked, or the parts of what holds several. */
export type Answer = string | boolean | NamedAnswer[]
export interface NamedAnswer {
  /** Empty for one of a row of unnamed parts. */
  name: string
  value: Answer
}

/** Members that tell programs apart what was filled in, not people. */
const technical = /^(flow_(token|id|name|action|cta|message_version)|wa_flow_.*|version|sha256|cdn_url|encryption_metadata|mime_type|media_id|saved_address_id)$/
/** How WhatsApp's own editor names a field: `screen_0_First_name_1`; its choices are `0_Very_good`. */
const edited = /^screen_\d+_(.+?)(?:_\d+)?$/
const deepest = 4

/** Where each name stood when the form came. */
type Order = ReadonlyMap<string, number>

function readable(name: string): string {
  const words = (edited.exec(name)?.[1] ?? name).replaceAll(/[_-]+/g, ' ').replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').trim()
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : name
}

/** A choice of WhatsApp's own editor without its number. */
const choice = (value: string) => (/^\d+_\S+$/.test(value) ? value.replace(/^\d+_/, '').replaceAll('_', ' ') : value)

function answer(value: unknown, order: Order, fromEditor: boolean, depth: number): Answer | null {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return value.trim() ? (fromEditor ? choice(value) : value) : null
  if (depth >= deepest) return value === null || value === undefined ? null : JSON.stringify(value)
  if (Array.isArray(value)) return several(value, order, fromEditor, depth)
  if (!isRecord(value)) return null
  // A picture or document that was chosen in the form.
  const file = text(value.file_name)
  if (file) return file
  const inner = members(value, order, depth + 1)
  return inner.length > 0 ? inner : null
}

function several(list: unknown[], order: Order, fromEditor: boolean, depth: number): Answer | null {
  const parts = list.flatMap((one) => {
    const value = answer(one, order, fromEditor, depth + 1)
    return value === null ? [] : [{ name: '', value }]
  })
  return parts.length > 1 ? parts : (parts[0]?.value ?? null)
}

function members(data: Record<string, unknown>, order: Order, depth: number): NamedAnswer[] {
  const place = (name: string) => order.get(name) ?? order.size
  const sorted = Object.entries(data).sort(([one], [other]) => place(one) - place(other))
  return sorted.flatMap(([name, given]) => {
    if (technical.test(name)) return []
    const value = answer(given, order, edited.test(name), depth)
    return value === null ? [] : [{ name: readable(name), value }]
  })
}

/** The answers of a form or address, as `names` puts them: the order they came in. Empty when nothing was filled in. */
export function formAnswers(data: unknown, names: readonly string[] = []): NamedAnswer[] {
  if (typeof data === 'string') return data.trim() ? [{ name: '', value: data }] : []
  if (!isRecord(data)) return []
  const order: Order = new Map(names.map((name, at) => [name, at]))
  const { values, ...rest } = data
  // An address has its lines in one member.
  return isRecord(values) ? [...members(rest, order, 0), ...members(values, order, 0)] : members(data, order, 0)
}
