// What went wrong, in words for a person: what happened, what is safe, what to do.
import i18next, { type TFunction } from 'i18next'
import { ApiError, NetworkError } from '@/api/client'

/** The text of a key made from a code of the server, or null when no catalogue has it. */
function known(key: string): string | null {
  const text: unknown = i18next.exists(key) ? i18next.t(key as never) : null
  return typeof text === 'string' ? text : null
}

/** The server's sentence is English and exact; other languages have one of their own for each code, and keep the server's beside it where it says more. */
function detailOf(error: ApiError): string {
  const own = known(`error.code.${error.code}`)
  if (i18next.language === 'en' || !own) return error.detail || own || ''
  return error.code === 'invalid' && error.detail ? `${own} (\u2068${error.detail}\u2069)` : own
}

export function errorText(error: unknown, t: TFunction): string {
  if (error instanceof NetworkError) return t('error.network')
  if (!(error instanceof ApiError)) return t('error.unexpected')
  if (error.summaryKey) return known(error.summaryKey) ?? error.detail
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
