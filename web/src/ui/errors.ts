// What went wrong, in words for a person: what happened, what is safe, what to do.
import i18next, { type TFunction } from 'i18next'
import { ApiError, NetworkError, type LimitProblem } from '@/api/client'
import { isolated } from '@/i18n/direction'
import { keyOf } from '@/i18n/machine'

/** The text of a key made from a code of the server, or null when no catalogue has it. */
export function known(key: string): string | null {
  const text: unknown = i18next.exists(key) ? i18next.t(key as never) : null
  return typeof text === 'string' ? text : null
}

/** The server's English sentence on a page of another language. */
const theirs = (detail: string) => (detail && i18next.language !== 'en' ? isolated(detail) : detail)

/** The server's sentence is English and exact; other languages have one of their own for each code, and keep the server's beside it where it says more. */
function detailOf(error: ApiError): string {
  const own = known(`error.code.${error.code}`)
  if (error.code === 'provider_refused' && i18next.language !== 'en') return refusal(error) ?? `${own ?? ''} (${isolated(error.detail)})`
  if (i18next.language === 'en' || !own) return theirs(error.detail) || own || ''
  return error.code === 'invalid' && error.detail ? `${own} (${isolated(error.detail)})` : own
}

/** What the provider's code means and what to do, in the reader's language. */
function refusal(error: ApiError): string | null {
  const key = error.providerCode === null ? undefined : keyOf(error.providerCode)
  const title = key && known(`provider.${key}.title`)
  if (!title) return null
  const advice = known(`provider.${key}.advice`)
  return advice ? `${title}. ${advice}` : title
}

/** What was told before, by language and size: limits are few, and the browser's formats dear to make. */
const sizes = new Map<string, string>()

/** Bytes as limits are told: whole megabytes, else kilobytes. */
export function sizeText(size: number): string {
  const key = `${i18next.language} ${size}`
  const text = sizes.get(key) ?? sizeIn(size)
  sizes.set(key, text)
  return text
}

function sizeIn(size: number): string {
  const [unit, value] = size >= 1024 * 1024 ? (['megabyte', size / 1024 / 1024] as const) : (['kilobyte', size / 1024] as const)
  return new Intl.NumberFormat(i18next.language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1, numberingSystem: 'latn' }).format(value)
}

/** A limit of the provider in words: what the field may have, and what it has. */
function limitText({ code, field, limit, actual }: LimitProblem): string | null {
  const isSize = code === 'file_too_large'
  const values = { field: isolated(field.replace(/^content\./, '')), limit: isSize ? sizeText(Number(limit)) : isolated(String(limit)), actual: isSize ? sizeText(Number(actual)) : isolated(String(actual)) }
  return i18next.exists(`error.limit.${code}`) ? String(i18next.t(`error.limit.${code}` as never, values as never)) : null
}

export function errorText(error: unknown, t: TFunction): string {
  if (error instanceof NetworkError) return t('error.network')
  if (!(error instanceof ApiError)) return t('error.unexpected')
  if (error.summaryKey) return known(error.summaryKey) ?? theirs(error.detail)
  if (error.problems.length > 0) {
    const words = error.problems.slice(0, 3).map(limitText)
    if (words.every((text) => text !== null)) return words.join(' ')
  }
  if (error.code === 'bad_credentials') return t('error.bad_credentials')
  if (error.status === 429) return t('error.too_many')
  if (error.status === 403) return t('error.forbidden')
  if (error.status === 404) return t('error.not_found')
  return detailOf(error) || t('error.unexpected')
}

/** The text for one form field, when the answer names it. */
export function fieldError(error: unknown, field: string): string | null {
  return error instanceof ApiError && error.field === field ? detailOf(error) : null
}

/** Whether a form shows the error at one of its fields already. */
export function isAtField(error: unknown, fields: readonly string[]): boolean {
  return error instanceof ApiError && error.field !== null && fields.includes(error.field)
}
