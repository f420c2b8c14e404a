import type { TFunction } from 'i18next'
import type { ImportReport } from '@/api/types'
import { isolated } from '@/i18n/direction'
import type { Formats } from '@/i18n/format'

/** Why a row of a table cannot be taken in, in the reader's language; what has no words of its own keeps the server's. */
export function problemText({ code, field, limit, detail }: ImportReport['problems'][number], t: TFunction, formats: Formats): string {
  if (code === 'other') return isolated(field ? `${field}: ${detail}` : detail)
  const tag = field?.replace(/^bodies\./, '') ?? ''
  return t(`quick.problem.${code}`, { limit: limit ?? 0, language: isolated(code === 'body' ? formats.language(tag) : tag) })
}
