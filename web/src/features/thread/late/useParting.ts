// What follows a split or a merge: both threads are read anew, and the conversation that goes on is opened.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Conversation, Id } from '@/api/types'
import { moveDraft } from '@/features/composer/drafts'
import { useMe } from '@/features/frame/useMe'
import type { InboxSearch } from '@/features/inbox/filter'
import { dropConversation, putConversation } from '@/live/cache'
import { toast } from '@/ui/toast'

export interface PartingProps {
  conversation: Id
  at?: Id
  onClose: () => void
}

/** Splits or merges; `body` gives what the server is told, `done` what the person is told. */
export function useParting<T extends object>({ conversation, onClose }: PartingProps, verb: 'split' | 'merge', done: string) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const me = useMe()
  return useMutation({
    mutationFn: (body: T) => post<Conversation>(`/conversations/${conversation}/${verb}`, body),
    onSuccess: (row, body) => {
      const gone = verb === 'merge' && 'into' in body ? [conversation, String(body.into)].find((id) => id !== row.id) : undefined
      if (gone) dropConversation(client, gone, row)
      putConversation(client, row, me.user.id)
      for (const id of [conversation, row.id]) void client.invalidateQueries({ queryKey: keys.messages(id) })
      if (verb === 'split') void client.invalidateQueries({ queryKey: keys.conversation(conversation) })
      void client.invalidateQueries({ queryKey: keys.contactConversations(row.contact.id) })
      void client.invalidateQueries({ queryKey: keys.counts })
      // Words that are not sent yet go on where the reader goes on.
      moveDraft(gone ?? conversation, row.id)
      onClose()
      toast(done)
      void navigate({ to: '/inbox/$conversationId', params: { conversationId: row.id }, search: (old: InboxSearch) => ({ ...old, m: undefined }), replace: gone === conversation })
    },
  })
}
