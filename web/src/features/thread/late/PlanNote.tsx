import { useQuery } from '@tanstack/react-query'
import { CalendarClock, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { conversationQuery } from '@/api/queries'
import type { Message } from '@/api/types'
import { PlanDialog } from '@/features/composer/late/PlanDialog'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { NoteBox } from '../NoteBox'
import { useUnsent } from '../useUnsent'

/** A message that waits for its moment: when that is, what will keep it back, and what can be done until then. */
export function PlanNote({ message }: { message: Message }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { data: conversation } = useQuery(conversationQuery(message.conversation_id))
  const { change, withdraw } = useUnsent(message)
  const [choosing, setChoosing] = useState(false)
  const { plan } = message
  if (!plan) return null
  const needsWindow = message.content.type !== 'template'
  const windowEnds = needsWindow ? (conversation?.window_expires_at ?? null) : null
  const cancels = plan.heed_since !== null
  const overtaken = plan.heed_since !== null && (conversation?.last_inbound_at ?? 0) > plan.heed_since
  const late = windowEnds !== null && plan.send_at >= windowEnds
  const time = formats.moment(plan.send_at)
  const text = overtaken ? t('plan.overtaken') : late && windowEnds !== null ? t('plan.after_window', { time: formats.moment(windowEnds) }) : undefined
  const busy = change.isPending || withdraw.isPending
  return (
    <>
      <NoteBox tone={text ? 'caution' : 'info'} icon={text ? TriangleAlert : CalendarClock} title={cancels ? t('plan.goes_at_unless', { time }) : t('plan.goes_at', { time })} text={text}>
        <Button small isDisabled={busy} onPress={() => change.mutate({ send_at: null })}>{t('plan.now')}</Button>
        <Button small isDisabled={busy} onPress={() => setChoosing(true)}>{t('plan.move')}</Button>
        <Button small look="quiet" isDisabled={busy} onPress={() => withdraw.mutate()}>{t('plan.drop')}</Button>
      </NoteBox>
      {choosing && (
        <PlanDialog
          plan={{ at: plan.send_at, cancel: cancels }}
          windowEnds={windowEnds}
          onClose={() => setChoosing(false)}
          onChoose={({ at, cancel }) => {
            setChoosing(false)
            change.mutate({ send_at: at, cancel_on_reply: cancel })
          }}
        />
      )}
    </>
  )
}
