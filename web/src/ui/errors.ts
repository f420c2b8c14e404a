// What went wrong, in words for a person: what happened, what is safe, what to do.
import type { TFunction } from 'i18next'
import { ApiError, NetworkError } from '@/api/client'

export function errorText(error: unknown, t: TFunction): string {
  if (error instanceof NetworkError) return t('error.network')
  if (!(error instanceof ApiError)) return t('error.unexpected')
  if (error.code === 'bad_credentials') return t('error.bad_credentials')
  if (error.status === 429) return t('error.too_many')
  if (error.status === 403) return t('error.forbidden')
  if (error.status === 404) return t('error.not_found')
  return error.detail || t('error.unexpected')
}

/** The text for one form field, when the answer names it. */
export function fieldError(error: unknown, field: string): string | null {
  return error instanceof ApiError && error.field === field ? error.detail : null
}
