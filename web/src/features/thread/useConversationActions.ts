import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ApiError, patch } from '@/api/client'
import { keys } from '@/api/keys'
import type { Conversation, ConversationPatch } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { askClosing } from '@/features/routing/ask'
import { putConversation } from '@/live/cache'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'

/** Changes a conversation: shown in the same frame, taken back with a word when the server refuses. */
export function useConversationPatch(conversation: Conversation) {
  const client = useQueryClient()
  const me = useMe()
  const { t } = useTranslation()
  return useMutation({
    mutationFn: (change: ConversationPatch) => patch<Conversation>(`/conversations/${conversation.id}`, change),
    onMutate: ({ closing: _said, ...change }) => putConversation(client, { ...conversation, ...change }, me.user.id),
    onSuccess: (fresh) => {
      if (fresh?.id) putConversation(client, fresh, me.user.id)
      void client.invalidateQueries({ queryKey: keys.counts })
    },
    onError: (error) => {
      putConversation(client, conversation, me.user.id)
      // Something must be said before: ask for it, wherever the key was pressed.
      if (error instanceof ApiError && error.field?.startsWith('closing.')) return askClosing(conversation)
      void client.invalidateQueries({ queryKey: keys.conversation(conversation.id) })
      toast(errorText(error, t), 'danger')
    },
  })
}
