import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { keys } from '@/api/keys'
import type { Content, Id, Message } from '@/api/types'
import { putMessage } from '@/live/cache'
import { useStore } from '@/live/store'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'
import { rewriting, stopRewrite, writeAnew, type Rewriting } from './unsent'

function withWords(content: Content, text: string): Content {
  if (content.type === 'text') return { ...content, body: text, preview_url: /https?:\/\//.test(text) }
  if (content.type === 'media') return { ...content, caption: text || undefined }
  return content
}

/** A message that has not gone out, being written anew. What it said before stands in the box until it is saved or given up. */
export function useRewrite(conversation: Id) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { message = null, text = '' } = useStore(rewriting).get(conversation) ?? {}
  const save = useMutation({
    mutationFn: (wanted: Rewriting) => patch<Message>(`/messages/${wanted.message.id}`, { content: withWords(wanted.message.content, wanted.text.trim()) }),
    onSuccess: (fresh) => {
      putMessage(client, fresh)
      stopRewrite(conversation, fresh.id)
    },
    onError: (error) => {
      // The words stay in the box: somebody may want to send them as another message.
      toast(errorText(error, t), 'danger')
      void client.invalidateQueries({ queryKey: keys.messages(conversation) })
    },
  })
  const setText = (words: string) => writeAnew(conversation, words)
  const stop = () => stopRewrite(conversation)
  const empty = message?.content.type === 'text' && text.trim() === ''
  return { message, text, setText, stop, canSave: message !== null && !empty && !save.isPending, save: () => message && save.mutate({ message, text }) }
}
