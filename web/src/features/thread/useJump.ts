import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get } from '@/api/client'
import type { ThreadPlace } from '@/api/queries'
import type { Id, Message } from '@/api/types'
import type { InboxSearch } from '@/features/inbox/filter'
import { toast } from '@/ui/toast'

interface Source {
  messages: Message[]
  isSuccess: boolean
  show: (place: ThreadPlace) => Promise<void>
}

/** Brings a message into view, with what was said round it, however long ago; gives its id back so that it can be marked. */
export function useJump(conversation: Id, target: string | undefined, { messages, isSuccess, show }: Source): string | undefined {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const found = target !== undefined && messages.some((message) => message.id === target)
  // Each target is fetched once: whoever goes on to the newest lines is not taken back.
  const asked = useRef<string>(undefined)
  useEffect(() => {
    if (!target || found || !isSuccess || asked.current === target) return
    asked.current = target
    show({ around: target }).catch(async () => {
      // A split may have moved it: an old link leads there.
      const there = await get<Message>(`/messages/${target}`).then((message) => message.conversation_id, () => conversation)
      if (there === conversation) toast(t('thread.gone'), 'danger')
      else void navigate({ to: '/inbox/$conversationId', params: { conversationId: there }, search: (old: InboxSearch) => ({ ...old, m: target }), replace: true })
    })
  }, [conversation, target, found, isSuccess, show, navigate, t])
  useEffect(() => {
    if (!found || !target) return
    asked.current = target
    document.getElementById(`message-${target}`)?.scrollIntoView({ block: 'center' })
  }, [found, target])
  return found ? target : undefined
}
