import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, remove } from '@/api/client'
import { keys } from '@/api/keys'
import type { Message } from '@/api/types'
import { stopRewrite } from '@/features/composer/unsent'
import { putMessage } from '@/live/cache'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'

interface Change {
  send_at?: number | null
  cancel_on_reply?: boolean
}

/** Moves a message that has not gone out, or takes it back. When its sender was quicker, the thread shows what became of it. */
export function useUnsent(message: Message) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const onSuccess = (fresh: Message) => void putMessage(client, fresh)
  const onError = (error: unknown) => {
    toast(errorText(error, t), 'danger')
    void client.invalidateQueries({ queryKey: keys.messages(message.conversation_id) })
  }
  const change = useMutation({ mutationFn: (body: Change) => patch<Message>(`/messages/${message.id}`, body), onSuccess, onError })
  const withdraw = useMutation({
    mutationFn: () => remove<Message>(`/messages/${message.id}`),
    onSuccess: (fresh) => {
      stopRewrite(message.conversation_id, message.id)
      onSuccess(fresh)
    },
    onError,
  })
  return { change, withdraw }
}
