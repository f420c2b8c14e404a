// A rule as the form holds it; docs/rules.md has the whole form, the server the last word.
import type { Id } from '@/api/types'

/** A condition: a group, its opposite, or something to compare. Named as they are written down. */
export type Condition =
  | { type: 'all' | 'any'; of: Condition[] }
  | { type: 'not'; of: Condition }
  | { type: 'field'; field: string; is: string; value?: unknown }
  | { type: 'time'; days?: string[]; from: string; to: string; zone?: string }
  | { type: 'count'; of: string; words?: string[]; minutes: number; is: string; value: number }

/** A trigger (`on`) or a step (`do`) with what is said about it. */
export type Part = Record<string, unknown>

export interface Definition {
  name: string
  description?: string
  language?: string
  when: Part[]
  if?: Condition
  do: Part[]
  [more: string]: unknown
}

export interface Rule {
  id: Id
  enabled: boolean
  /** It only watches: judged and written down, and nothing is done. */
  shadow: boolean
  version: number
  definition: Definition
  created_at: number
  updated_at: number
}

/** A rule that is ready to be switched on. */
export interface Starter {
  key: string
  language: string
  definition: Definition
  example: string | null
}

export interface Fault {
  path: string
  code: string
  detail: string
}

export interface Offered {
  name: string
  parameters: { name: string; kind: string; required: boolean }[]
}

export interface Parts {
  fields: { name: string; kind: string; options: string[] }[]
  comparisons: { kind: string; is: string; wants: string }[]
  counts: { name: string; of_words: boolean }[]
  count_comparisons: string[]
  triggers: Offered[]
  steps: Offered[]
  days: string[]
  customer_clock: string
}

/** Why something was done or not. */
export interface Reasoned {
  reason: string | null
  checks: { check: string; met: boolean; found?: unknown; limit?: unknown }[]
  conditions: Explained
  steps: { path: string; step: Part; state: string; code?: string; detail?: string }[]
}

export interface Run extends Reasoned {
  id: Id
  rule_id: Id
  rule_name: string
  contact_id: Id
  contact_name: string
  state: string
  shadow: boolean
  due_at: number | null
  began_at: number
}

/** What a rule said. */
export interface Version {
  version: number
  definition: Definition
  actor_name: string
  at: number
}

/** A rule tried on the past. */
export interface Backtest {
  id: Id
  from: number
  to: number
  state: 'running' | 'done' | 'cancelled' | 'failed'
  total: number
  done: number
  limited: boolean
  currency: string | null
  unheard: string[]
  counts: {
    listened: number
    reasons: Record<string, number>
    runs: number
    run_customers: number
    wrote: number
    written: number
    written_customers: number
    delayed: number
    refused: Record<string, number>
    amount_micros: number
    unpriced: number
    human: number
    too_many_wishes: boolean
    cut: number
  }
}

/** One time that the rule would have looked. */
export interface Example extends Reasoned {
  contact_id: Id
  contact_name: string
  conversation_id: Id | null
  message_id: Id | null
  at: number
  ended: string | null
  human: boolean
}

/** What became of a rule's work. */
export interface Funnel extends Record<'listened' | 'met' | 'runs' | 'watched' | 'sent' | 'delivered' | 'read' | 'replied' | 'human' | 'human_percent', number> {
  too_many_wishes: boolean
  limited: boolean
}

export interface Wishes {
  rule_id: Id
  human_percent: number
  too_many_wishes: boolean
}

/** A condition with its answer and what it found. */
export interface Explained {
  type: Condition['type']
  met: boolean
  of?: Explained[] | Explained | string
  field?: string
  is?: string
  value?: unknown
  found?: unknown
  words?: string[]
  minutes?: number
  from?: string
  to?: string
}

const own = 'contact.fields.'

/** What kind of value a field holds. */
export function kindOf(field: string, parts: Parts): string {
  return field.startsWith(own) ? 'own' : (parts.fields.find((one) => one.name === field)?.kind ?? 'text')
}

/** How a field may be compared, with what each comparison wants. */
export function comparisons(field: string, parts: Parts): { is: string; wants: string }[] {
  const kind = kindOf(field, parts)
  return parts.comparisons.filter((one) => one.kind === kind)
}

/** The value a comparison begins with; what was there stays when it still fits. */
export function valueFor(wants: string, kind: string, before: unknown): unknown {
  const several = Array.isArray(before)
  if (wants === 'nothing') return undefined
  if (wants === 'several') return several ? before : before === undefined || before === '' ? [] : [before]
  if (wants === 'number' || wants === 'minutes') return typeof before === 'number' ? before : wants === 'minutes' ? 1440 : 0
  if (kind === 'flag') return before === true
  if (kind === 'number') return typeof before === 'number' ? before : 0
  return several ? (before[0] ?? '') : typeof before === 'string' ? before : ''
}

/** A field's condition with another field or comparison. */
export function withField(field: string, is: string | null, value: unknown, parts: Parts): Condition {
  const all = comparisons(field, parts)
  const chosen = all.find((one) => one.is === is) ?? all[0]
  const next = valueFor(chosen?.wants ?? 'nothing', kindOf(field, parts), value)
  return { type: 'field', field, is: chosen?.is ?? 'filled', ...(next === undefined ? {} : { value: next }) }
}

/** A condition of a kind, to be filled in. */
export function emptyCondition(type: Condition['type'], parts: Parts): Condition {
  switch (type) {
    case 'all':
    case 'any':
      return { type, of: [] }
    case 'not':
      return { type, of: withField('contact.tags', 'has', '', parts) }
    case 'time':
      return { type, from: '09:00', to: '18:00' }
    case 'count':
      return { type, of: 'said', words: [], minutes: 43_200, is: 'more_than', value: 3 }
    case 'field':
      return withField('contact.tags', 'has', '', parts)
  }
}

const beginnings: Record<string, unknown> = {
  text: '', word: '', words: [], tags: [], fields: [], field: '', value: '', minutes: 60, number: 30, time: '09:00', days: [], zone: '',
  team: null, user: null, priority: 'high', category: 'question', template: '', pool: '', steps: [],
}

/** A trigger or step, to be filled in. */
export function emptyPart(tag: 'on' | 'do', offered: Offered): Part {
  const part: Part = { [tag]: offered.name }
  for (const { name, kind, required } of offered.parameters) {
    if (kind === 'condition') part[name] = { type: 'all', of: [] }
    else if (required) part[name] = beginnings[kind]
  }
  return part
}

/** Words between commas and on lines of their own. */
export function wordsOf(text: string): string[] {
  return text.split(/[\n,،、，]/u).map((word) => word.trim()).filter(Boolean)
}

/** A list with one entry changed, moved up, or taken out. */
export const replaced = <T>(list: readonly T[], at: number, next: T): T[] => list.map((one, place) => (place === at ? next : one))
export const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, place) => place !== at)
export function raised<T>(list: readonly T[], at: number): T[] {
  const next = [...list]
  const [moved] = next.splice(at, 1)
  if (moved !== undefined) next.splice(at - 1, 0, moved)
  return next
}

export const emptyRule: Definition = { name: '', when: [{ on: 'keyword', words: [] }], if: { type: 'all', of: [] }, do: [{ do: 'send_text', body: '' }] }
