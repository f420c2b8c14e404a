import { Check, CircleOff, CirclePause, TriangleAlert } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { Pill } from '@/ui/Pill'
import { failingAfter, type Webhook } from './api'

/** How a webhook fares, in a word. */
export function WebhookState({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation()
  if (webhook.status === 'ended') return <Pill icon={CircleOff}>{t('webhook.state.ended')}</Pill>
  if (webhook.reason === 'failing') return <Pill icon={TriangleAlert} tone="danger">{t('webhook.state.given_up')}</Pill>
  if (webhook.status === 'paused') return <Pill icon={CirclePause} tone="caution">{t('webhook.state.paused')}</Pill>
  if (webhook.failures >= failingAfter) return <Pill icon={TriangleAlert} tone="danger">{t('webhook.state.failing')}</Pill>
  return <Pill icon={Check} tone="positive">{t('webhook.state.active')}</Pill>
}
