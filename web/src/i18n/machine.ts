// Words for what the program says by key: guard verdicts, provider errors, findings. A newer server may know keys that this page does not: then its own English words are shown.
import i18next from 'i18next'
import { useTranslation } from '@/i18n/useTranslation'
import type { AccountEvent, Check, Finding, Message, Verdict } from '@/api/types'
import { isolated } from './direction'
import providerCodes from './provider-codes.json'

/** Title, cause and fix of a finding by "check/code"; English is the program's own. */
type DoctorWords = Record<string, string[]>

const doctor = new Map<string, DoctorWords>()

export function addDoctorWords(language: string, words: DoctorWords): void {
  doctor.set(language, words)
}

/** The text of a key that came from the server, or null when no catalogue has it. */
function known(key: string): string | null {
  const text: unknown = i18next.exists(key) ? i18next.t(key as never) : null
  return typeof text === 'string' ? text : null
}

/** The first row that holds the code, as in the program's own table; undefined for codes nobody has described. */
export function keyOf(code: string | number): string | undefined {
  const number = Number(code)
  return (providerCodes as [number, number, string][]).find(([first, last]) => first <= number && number <= last)?.[2]
}

/** News whose title says it all. */
const plainKinds = new Set(['account_verified', 'account_reconnected', 'review_approved', 'review_rejected', 'review_pending', 'route_by_hand', 'route_returned', 'route_standby_lost'])

/** What the program says of a failure that it knows nothing about: the title says as much. */
const plain = new Set(['', 'It did not go out.'])

/** "2 hours ago" in the reader's language: the larger unit only. */
export function ago(ms: number, language: string): string {
  const [size, unit] = ([[86_400_000, 'day'], [3_600_000, 'hour'], [60_000, 'minute']] as const).find(([one]) => ms >= one) ?? [1, 'second']
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(unit === 'second' ? 0 : -Math.floor(ms / size), unit)
}

export interface MachineWords {
  /** What one rule of the guard says. */
  note(check: Check): string
  rule(code: string): string
  /** A word that stands as a check's value; unknown ones (names, languages) stay as they are. */
  value(word: string): string
  summary(verdict: Verdict): string
  error(error: NonNullable<Message['error']>): { title: string; advice: string }
  finding(finding: Finding): { title: string; cause: string; fix: string }
  /** A line of the account's timeline; `detail` holds the provider's own words where they say more. */
  accountEvent(event: AccountEvent, number: (value: number) => string): { title: string; detail: string; advice: string }
}

function words(language: string): MachineWords {
  const note = (key: string) => known(`guard.${key.replace(/^guard\./, '')}`)
  return {
    note: (check) => note(check.note_key) ?? check.detail,
    rule: (code) => known(`guard_rule.${code}`) ?? code,
    value: (word) => known(`guard_value.${word.toLowerCase()}`) ?? word,
    summary: (verdict) => note(verdict.summary_key) ?? verdict.summary,
    error: ({ code, meaning, advice, retryable }) => {
      // Code 0 is a failure of ours: nothing left the house. It has no words of its own, so the program's say why.
      if (Number(code) === 0) return { title: i18next.t('delivery.not_gone'), advice: [plain.has(meaning) ? '' : isolated(meaning), i18next.t(retryable ? 'delivery.not_gone_advice' : 'delivery.hopeless_advice')].filter(Boolean).join(' ') }
      const key = keyOf(code)
      // A code nobody has described: the provider's own words say more than ours.
      return { title: (key && known(`provider.${key}.title`)) || meaning, advice: known(`provider.${key ?? 'unknown'}.advice`) || advice }
    },
    accountEvent: ({ kind, summary, advice, advice_text, values }, number) => {
      const limit = values.limit === 'unlimited' ? i18next.t('channel.unlimited') : values.limit ? number(Number(values.limit)) : '–'
      const value = (word = '') => known(`guard_value.${word.toLowerCase()}`) ?? word
      const filled = { name: isolated(values.name ?? ''), standby: isolated(values.standby ?? ''), quality: value(values.quality), category: value(values.category), limit }
      const title = i18next.exists(`timeline.kind.${kind}`) ? String(i18next.t(`timeline.kind.${kind}` as never, filled as never)) : summary
      return { title, detail: plainKinds.has(kind) ? '' : values.detail ?? values.reason ?? '', advice: known(`timeline.advice.${advice}`) ?? advice_text }
    },
    finding: ({ check, code, title, cause, fix, values }) => {
      const own = doctor.get(language)?.[`${check}/${code}`]
      if (!own) return { title, cause, fix }
      // News of the account have words of their own, in the timeline.
      const news = values.advice_key === undefined ? {} : { advice: known(`timeline.advice.${values.advice_key}`) ?? values.advice, summary: known(`timeline.kind.${values.kind}`) ?? values.summary }
      const past = values.ago_ms === undefined ? {} : { ago: ago(Number(values.ago_ms), language) }
      const shown: Record<string, string | undefined> = { ...values, ...news, ...past }
      const fill = (text = '') => text.replace(/{(\w+)}/g, (hole, name: string) => name in shown ? isolated(shown[name] ?? '') : hole)
      return { title: fill(own[0]), cause: fill(own[1]), fix: fill(own[2]) }
    },
  }
}

/** Words of the language on screen. */
export function useMachineWords(): MachineWords {
  const { i18n } = useTranslation()
  return words(i18n.language)
}
