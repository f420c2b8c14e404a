import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleHelp, CloudOff, ShieldAlert, ShieldX, TriangleAlert } from 'lucide-react'
import { Suspense } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Message } from '@/api/types'
import { pageWords } from '@/i18n'
import { useFormats } from '@/i18n/format'
import { useMachineWords } from '@/i18n/machine'
import { giveBack } from '@/features/composer/unsent'
import { putMessage } from '@/live/cache'
import { connection } from '@/live/connection'
import { discard, outbox, takeBack, tryAgain, type OutboxEntry } from '@/live/outbox'
import { useStore } from '@/live/store'
import { Button } from '@/ui/Button'
import { errorText } from '@/ui/errors'
import { later } from '@/ui/later'
import { toast } from '@/ui/toast'
import { NoteBox } from './NoteBox'

const planNote = later(() => Promise.all([import('./late/PlanNote'), pageWords()]).then(([module]) => module.PlanNote))

/** What stands under a message that did not simply go: why, and the next step as a button. */
export function DeliveryNote({ message }: { message: Message }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const words = useMachineWords()
  const entry = useStore(outbox).find((candidate) => candidate.client_id === message.client_id)
  const cut = useStore(connection).state === 'lost'
  const kept = outbox.isKept()
  const client = useQueryClient()
  const again = ({ client_id }: OutboxEntry) => {
    const taken = takeBack(client_id)
    const text = taken && wordsIn(taken)
    if (taken && text) giveBack(taken.conversation_id, { text, note: taken.kind === 'note', plan: taken.plan })
  }
  const retry = useMutation({
    mutationFn: () => post<Message>(`/messages/${message.id}/retry`, {}),
    onSuccess: (fresh) => fresh && putMessage(client, fresh),
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  const settle = useMutation({
    mutationFn: (outcome: 'sent' | 'not_sent') => post<Message>(`/messages/${message.id}/settle`, { outcome }),
    onSuccess: (fresh) => (fresh?.id ? void putMessage(client, fresh) : void client.invalidateQueries({ queryKey: keys.messages(message.conversation_id) })),
    onError: (error) => toast(errorText(error, t), 'danger'),
  })

  if (entry?.state === 'refused') {
    return (
      <NoteBox tone="danger" icon={TriangleAlert} title={t('delivery.not_accepted')} text={entry.error ?? undefined}>
        <Button small onPress={() => tryAgain(entry.client_id)}>{t('delivery.retry')}</Button>
        {wordsIn(entry) !== null && <Button small onPress={() => again(entry)}>{t('delivery.put_back')}</Button>}
        <Button small look="quiet" onPress={() => discard(entry.client_id)}>{t('delivery.discard')}</Button>
      </NoteBox>
    )
  }
  if (entry && cut) {
    return (
      <NoteBox tone="caution" icon={CloudOff} title={t('delivery.waits_here')} text={kept ? t('delivery.waits_here_text') : t('delivery.not_kept')}>
        {!entry.tried && wordsIn(entry) !== null && <Button small onPress={() => again(entry)}>{t('delivery.put_back')}</Button>}
      </NoteBox>
    )
  }
  if (message.status === 'scheduled' && message.plan && !entry) return <Suspense><planNote.Part message={message} /></Suspense>
  if (message.status === 'failed') {
    const said = message.error && words.error(message.error)
    return (
      <NoteBox tone="danger" icon={TriangleAlert} title={said?.title ?? t('delivery.failed')} text={said?.advice} code={message.error?.code || undefined}>
        {message.error?.retryable !== false && <Button small isDisabled={retry.isPending} onPress={() => retry.mutate()}>{t('delivery.retry')}</Button>}
      </NoteBox>
    )
  }
  if (message.status === 'refused') return <NoteBox tone="danger" icon={ShieldX} title={t('delivery.refused')} text={message.verdict ? words.summary(message.verdict) : message.error?.meaning} />
  if (message.status === 'held') {
    const until = message.verdict?.until
    return <NoteBox tone="caution" icon={ShieldAlert} title={until ? t('delivery.held_until', { time: formats.time(until) }) : t('delivery.held')} text={message.verdict ? words.summary(message.verdict) : undefined} />
  }
  if (message.status === 'unknown') {
    return (
      <NoteBox tone="caution" icon={CircleHelp} title={t('delivery.unknown')} text={t('delivery.unknown_text')}>
        <Button small isDisabled={settle.isPending} onPress={() => settle.mutate('sent')}>{t('delivery.it_went')}</Button>
        <Button small isDisabled={settle.isPending} onPress={() => settle.mutate('not_sent')}>{t('delivery.it_did_not')}</Button>
      </NoteBox>
    )
  }
  return null
}

/** The words of a message that still is only here; null when it has none. */
function wordsIn({ content }: OutboxEntry): string | null {
  return content.type === 'text' || content.type === 'note' ? content.body : null
}
