import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, patch } from '@/api/client'
import { keys } from '@/api/keys'
import type { Conversation, ConversationPatch } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { askClosing, closingAsk, closingKey } from '@/features/routing/ask'
import { putConversation } from '@/live/cache'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'

/** Changes a conversation: shown in the same frame, taken back with a word when the server refuses. */
export function useConversationPatch(conversation: Conversation) {
  const client = useQueryClient()
  const me = useMe()
  const { t } = useTranslation()
  const { id } = conversation
  return useMutation({
    mutationFn: (change: ConversationPatch) => patch<Conversation>(`/conversations/${id}`, change),
    onMutate: ({ closing: _said, ...change }) => {
      // Kept with this change: by the time of the answer the page shows the changed row, or another conversation.
      const before = client.getQueryData<Conversation>(keys.conversation(id)) ?? conversation
      putConversation(client, { ...before, ...change }, me.user.id)
      return { before }
    },
    onSuccess: (fresh) => {
      if (fresh?.id) putConversation(client, fresh, me.user.id)
      void client.invalidateQueries({ queryKey: keys.counts })
    },
    onError: (error, _change, kept) => {
      const before = kept?.before ?? conversation
      putConversation(client, before, me.user.id)
      void client.invalidateQueries({ queryKey: keys.conversation(before.id) })
      void client.invalidateQueries({ queryKey: keys.conversationLists })
      // Something must be said before: ask for it, wherever the key was pressed.
      if (error instanceof ApiError && error.field?.startsWith('closing.')) {
        void client.invalidateQueries({ queryKey: closingKey })
        return askClosing(before)
      }
      // The form that is open for it says what is wrong itself.
      if (closingAsk.get()?.id !== before.id) toast(errorText(error, t), 'danger')
    },
  })
}
