// What webhooks are told of and what goes wrong with them, in words.
import { isolated } from '@/i18n/direction'
import { known } from '@/ui/errors'
import type { Try } from './api'

/** The name of an event; one that this page does not know by its code. */
export const eventName = (code: string): string => known(`webhook.event.${code.replaceAll('.', '_')}`) ?? code

/** Why a try failed; empty when it did not. */
export function whyOf(one: Try): string {
  if (!one.code) return ''
  const words = known(`webhook.fault.${one.code}`) ?? one.code
  const detail = one.status === null ? one.detail : `HTTP ${one.status}`
  return detail ? `${words} (${isolated(detail)})` : words
}
