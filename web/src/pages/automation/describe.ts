// What a rule says, line by line in words: for its versions beside one another, and for explanations.
import i18next, { type TFunction } from 'i18next'
import { isolated } from '@/i18n/direction'
import { known } from '@/ui/errors'
import type { Condition, Definition, Part } from './model'

/** The name of a trigger or a step. */
export const partName = (tag: 'on' | 'do', part: Part, t: TFunction): string =>
  tag === 'on' ? t(`automation.trigger.${String(part.on)}` as 'automation.trigger.keyword') : t(`automation.step.${String(part.do)}` as 'automation.step.wait')

/** What a condition asks about. */
export function subjectOf(condition: { type: string; field?: string; of?: unknown }, t: TFunction): string {
  if (condition.type === 'field') return known(`automation.field.${condition.field}`) ?? condition.field ?? ''
  return condition.type === 'count' ? t(`automation.count.${String(condition.of)}` as 'automation.count.said') : t('automation.condition.time')
}

/** Names of channels, teams and people by their ids. */
export type Names = ReadonlyMap<string, string>

interface Words {
  t: TFunction
  names: Names
}

function value(given: unknown, { t, names }: Words): string {
  if (Array.isArray(given)) return given.map((one) => value(one, { t, names })).join(t('common.list_separator'))
  if (given === null || given === undefined || given === '') return '–'
  if (typeof given === 'boolean') return t(given ? 'automation.yes' : 'automation.not')
  if (typeof given === 'object') return isolated(JSON.stringify(given))
  return isolated(names.get(String(given)) ?? String(given))
}

/** One line: how deep it stands, and its words. */
function conditionLines(condition: Condition, words: Words, depth: string): string[] {
  const { t } = words
  const inner = `${depth}\u00a0\u00a0`
  switch (condition.type) {
    case 'all':
    case 'any':
      return condition.of.length === 0 ? [] : [depth + t(`automation.condition.${condition.type}`), ...condition.of.flatMap((one) => conditionLines(one, words, inner))]
    case 'not':
      return [depth + t('automation.condition.not'), ...conditionLines(condition.of, words, inner)]
    case 'time':
      return [`${depth}${subjectOf(condition, t)} ${isolated(`${condition.from}–${condition.to}`)} ${[...(condition.days ?? []), condition.zone ?? ''].filter(Boolean).join(', ')}`.trimEnd()]
    case 'count':
    case 'field': {
      const is = t(`automation.is.${condition.is}` as 'automation.is.is')
      const of = condition.type === 'count' && condition.words?.length ? ` (${value(condition.words, words)})` : ''
      const within = condition.type === 'count' ? `, ${t('automation.within_minutes')} ${value(condition.minutes, words)}` : ''
      return [`${depth}${subjectOf(condition, t)}${of} ${is} ${condition.value === undefined ? '' : value(condition.value, words)}${within}`.trimEnd()]
    }
  }
}

function partLines(tag: 'on' | 'do', part: Part, words: Words, depth: string): string[] {
  const { t } = words
  const inner = `${depth}\u00a0\u00a0`
  const plain: string[] = []
  const nested: string[] = []
  for (const [name, given] of Object.entries(part)) {
    if (name === tag || given === null || given === undefined || (Array.isArray(given) && given.length === 0)) continue
    const label = i18next.exists(`automation.parameter.${name}`) ? t(`automation.parameter.${name}` as 'automation.parameter.body') : name
    if (tag === 'do' && name === 'if') nested.push(`${inner}${label}`, ...conditionLines(given as Condition, words, `${inner}\u00a0\u00a0`))
    else if (tag === 'do' && (name === 'then' || name === 'else')) nested.push(`${inner}${label}`, ...(given as Part[]).flatMap((one) => partLines('do', one, words, `${inner}\u00a0\u00a0`)))
    else plain.push(`${label}: ${value(given, words)}`)
  }
  return [`${depth}${partName(tag, part, t)}${plain.length ? ` – ${plain.join('; ')}` : ''}`, ...nested]
}

export const sections = ['about', 'when', 'if', 'steps'] as const
export type SectionName = (typeof sections)[number]

/** What a rule says, in the sections of its page. */
export function describe(rule: Definition, words: Words): Record<SectionName, string[]> {
  const { t } = words
  const limit = rule.limit as { times: number; minutes: number } | undefined
  const about: [string, unknown][] = [
    [t('automation.name'), rule.name],
    [t('automation.language'), rule.language],
    [t('automation.share'), rule.share ?? 100],
    [t('automation.channels'), rule.channels],
    [t('automation.teams'), rule.teams],
    [t('automation.during_handover'), rule.during_handover === true],
    [t('automation.priority'), rule.priority ?? 0],
    [t('automation.exclusive'), rule.exclusive === true],
    [t('automation.settle'), rule.settle_seconds],
    [t('automation.limit'), limit && `${limit.times} / ${limit.minutes}`],
  ]
  return {
    about: about.map(([label, given]) => `${label}: ${value(Array.isArray(given) && given.length === 0 ? null : given, words)}`),
    when: rule.when.flatMap((part) => partLines('on', part, words, '')),
    if: conditionLines(rule.if ?? { type: 'all', of: [] }, words, ''),
    steps: rule.do.flatMap((part) => partLines('do', part, words, '')),
  }
}

export interface Change {
  kind: 'gone' | 'new'
  text: string
}

/** What is gone and what is new between two lists of lines, in their order; what both have is left out. */
export function changes(before: readonly string[], after: readonly string[]): Change[] {
  // The longest list of lines that both have in the same order: longest[i][j] is its length from these places on.
  const longest = Array.from({ length: before.length + 1 }, () => Array.from({ length: after.length + 1 }, () => 0))
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    const row = longest[i]
    for (let j = after.length - 1; row && j >= 0; j--) row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const found: Change[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    const [old, next] = [before[i], after[j]]
    if (old !== undefined && old === next) {
      i++
      j++
    } else if (old !== undefined && (next === undefined || at(i + 1, j) >= at(i, j + 1))) {
      found.push({ kind: 'gone', text: old })
      i++
    } else if (next !== undefined) {
      found.push({ kind: 'new', text: next })
      j++
    }
  }
  return found
}
