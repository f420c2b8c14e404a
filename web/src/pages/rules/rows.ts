// The rules of sending in words: which settings stand in one sentence, and the sentence.
import type { TFunction } from 'i18next'
import type { GuardPolicy } from '@/api/types'
import { isolated } from '@/i18n/direction'
import type { Formats } from '@/i18n/format'

export type FieldName = keyof GuardPolicy

export interface Row {
  id: 'opt_in' | 'repetition' | 'offers_apart' | 'slot' | 'night' | 'held_back' | 'countries' | 'notices' | 'stop_words' | 'start_words' | 'reserve' | 'tier' | 'speed' | 'pair' | 'calls' | 'age' | 'recheck'
  fields: readonly FieldName[]
}

export interface Group {
  id: 'customers' | 'offers' | 'words' | 'limits'
  rows: readonly Row[]
}

export const groups: readonly Group[] = [
  {
    id: 'customers',
    rows: [
      { id: 'opt_in', fields: ['opt_in_templates', 'opt_in_window_ms', 'opt_in_on_cap'] },
      { id: 'repetition', fields: ['same_content_max', 'same_content_period', 'same_content_spares_people'] },
      { id: 'notices', fields: ['event_gap_ms', 'event_on_cap'] },
    ],
  },
  {
    id: 'offers',
    rows: [
      { id: 'offers_apart', fields: ['promotion_gap_ms', 'promotion_on_cap'] },
      { id: 'slot', fields: ['promotion_slot', 'promotion_slot_day', 'promotion_slot_minute', 'promotion_slot_length', 'promotion_best_hour'] },
      { id: 'night', fields: ['quiet_from_minute', 'quiet_to_minute'] },
      { id: 'held_back', fields: ['ecosystem_wait_ms'] },
      { id: 'countries', fields: ['closed_markets'] },
    ],
  },
  { id: 'words', rows: [{ id: 'stop_words', fields: ['stop_words'] }, { id: 'start_words', fields: ['start_words'] }] },
  {
    id: 'limits',
    rows: [
      { id: 'reserve', fields: ['promotion_reserve_percent'] },
      { id: 'tier', fields: ['unknown_tier'] },
      { id: 'speed', fields: ['throughput_per_second'] },
      { id: 'pair', fields: ['pair_gap_ms', 'pair_burst'] },
      { id: 'calls', fields: ['calls_per_hour', 'calls_per_day'] },
      { id: 'age', fields: ['target_age_ms'] },
      { id: 'recheck', fields: ['recheck_ms'] },
    ],
  },
]

interface Reader {
  t: TFunction
  formats: Formats
}

/** A time of day by anybody's clock. */
export function clock(minute: number, formats: Formats): string {
  return formats.time(new Date(2026, 0, 1, Math.floor(minute / 60), minute % 60).getTime())
}

/** A word of another direction must not tear the sentence apart. */

/** What a row says with these rules. */
export function sentence(id: Row['id'], policy: GuardPolicy, { t, formats }: Reader): string {
  const span = formats.span
  const n = formats.number
  const list = (words: readonly string[]) => words.map(isolated).join(t('common.list_separator'))
  switch (id) {
    case 'opt_in':
      return t(`rules.says.opt_in.${policy.opt_in_on_cap}`, { n: n(policy.opt_in_templates), window: span(policy.opt_in_window_ms) })
    case 'repetition': {
      const period = policy.same_content_period === 'calendar_month' ? t('rules.calendar_month') : span(policy.same_content_period.days * 86_400_000)
      return t(policy.same_content_spares_people ? 'rules.says.repetition_spared' : 'rules.says.repetition', { n: n(policy.same_content_max), period })
    }
    case 'offers_apart':
      return policy.promotion_gap_ms === 0 ? t('rules.says.offers_free') : t(`rules.says.offers_apart.${policy.promotion_on_cap}`, { gap: span(policy.promotion_gap_ms) })
    case 'slot':
      return slotSentence(policy, { t, formats })
    case 'night':
      return policy.quiet_from_minute === policy.quiet_to_minute ? t('rules.says.no_night') : t('rules.says.night', { from: clock(policy.quiet_from_minute, formats), to: clock(policy.quiet_to_minute, formats) })
    case 'held_back':
      return t('rules.says.held_back', { wait: span(policy.ecosystem_wait_ms) })
    case 'countries':
      return policy.closed_markets.length === 0 ? t('rules.says.all_countries') : t('rules.says.countries', { list: list(policy.closed_markets.map(formats.country)) })
    case 'notices':
      return policy.event_gap_ms === 0 ? t('rules.says.notices_free') : t(`rules.says.notices.${policy.event_on_cap}`, { gap: span(policy.event_gap_ms) })
    case 'stop_words':
      return policy.stop_words.length === 0 ? t('rules.says.no_stop_words') : t('rules.says.stop_words', { list: list(policy.stop_words) })
    case 'start_words':
      return policy.start_words.length === 0 ? t('rules.says.no_start_words') : t('rules.says.start_words', { list: list(policy.start_words) })
    case 'reserve':
      return t('rules.says.reserve', { share: formats.percent(policy.promotion_reserve_percent / 100) })
    case 'tier':
      return t('rules.says.tier', { n: n(policy.unknown_tier) })
    case 'speed':
      return t('rules.says.speed', { n: n(policy.throughput_per_second) })
    case 'pair':
      return t('rules.says.pair', { gap: span(policy.pair_gap_ms), n: n(policy.pair_burst) })
    case 'calls':
      return callsSentence(policy, { t, formats })
    case 'age':
      return t('rules.says.age', { age: span(policy.target_age_ms) })
    case 'recheck':
      return t('rules.says.recheck', { gap: span(policy.recheck_ms) })
  }
}

function callsSentence({ calls_per_hour: hour, calls_per_day: day }: GuardPolicy, { t, formats }: Reader): string {
  const limits = hour > 0 && day > 0 ? 'both' : hour > 0 ? 'hour' : day > 0 ? 'day' : 'none'
  return t(`rules.says.calls.${limits}`, { hour: formats.number(hour), day: formats.number(day) })
}

function slotSentence(policy: GuardPolicy, { t, formats }: Reader): string {
  if (policy.promotion_slot === 'off') return t('rules.says.no_slot')
  const values = {
    day: t(`rules.day.${policy.promotion_slot_day}`),
    from: clock(policy.promotion_slot_minute, formats),
    to: clock((policy.promotion_slot_minute + policy.promotion_slot_length) % 1440, formats),
  }
  const whole = t(`rules.says.slot.${policy.promotion_slot}`, values)
  return policy.promotion_best_hour ? `${whole} ${t('rules.says.best_hour')}` : whole
}
