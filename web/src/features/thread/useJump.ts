import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ThreadPlace } from '@/api/queries'
import type { Message } from '@/api/types'
import { toast } from '@/ui/toast'

interface Source {
  messages: Message[]
  isSuccess: boolean
  show: (place: ThreadPlace) => Promise<void>
}

/** Brings a message into view, with what was said round it, however long ago; gives its id back so that it can be marked. */
export function useJump(target: string | undefined, { messages, isSuccess, show }: Source): string | undefined {
  const { t } = useTranslation()
  const found = target !== undefined && messages.some((message) => message.id === target)
  // Each target is fetched once: whoever goes on to the newest lines is not taken back.
  const asked = useRef<string>(undefined)
  useEffect(() => {
    if (!target || found || !isSuccess || asked.current === target) return
    asked.current = target
    show({ around: target }).catch(() => toast(t('thread.gone'), 'danger'))
  }, [target, found, isSuccess, show, t])
  useEffect(() => {
    if (!found || !target) return
    asked.current = target
    document.getElementById(`message-${target}`)?.scrollIntoView({ block: 'center' })
  }, [found, target])
  return found ? target : undefined
}
