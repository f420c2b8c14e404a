import { Check, CirclePause, Clock, TriangleAlert } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Connection } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Pill } from '@/ui/Pill'

const behindAfter = 5_000

/** In step, behind by so much, or so many that need a person. */
export function ConnectionHealth({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (connection.status === 'error') return <Pill icon={TriangleAlert} tone="danger">{t('connection.status.error')}</Pill>
  if (connection.status === 'paused') return <Pill icon={CirclePause} tone="caution">{t('connection.status.paused')}</Pill>
  if (connection.failed > 0) return <Pill icon={TriangleAlert} tone="danger">{t('connection.need_you', { count: connection.failed })}</Pill>
  if ((connection.lag_ms ?? 0) > behindAfter) return <Pill icon={Clock} tone="caution">{t('connection.behind', { span: formats.span(connection.lag_ms ?? 0) })}</Pill>
  return <Pill icon={Check} tone="positive">{t('connection.in_step')}</Pill>
}
