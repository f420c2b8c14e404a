import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ApiError, post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Conversation } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { pageWords } from '@/i18n'
import { putConversation } from '@/live/cache'
import { newId } from '@/live/newId'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'
import { macrosQuery, type Macro, type MacroRun } from './api'

/** The person's macros and everybody's, and running one on a conversation. */
export function useMacros(conversation: string | undefined) {
  const client = useQueryClient()
  const me = useMe()
  const { t } = useTranslation()
  const may = me.permissions.includes('inbox.write')
  const { data: macros = [] } = useQuery({ ...macrosQuery, enabled: may && conversation !== undefined })
  const { mutate } = useMutation({
    mutationFn: (macro: Macro) => post<MacroRun>(`/macros/${macro.id}/run`, { conversation_id: conversation, client_id: newId() }),
    onSuccess: async (run, macro) => {
      putConversation(client, run.conversation as Conversation, me.user.id)
      void client.invalidateQueries({ queryKey: keys.counts })
      if (conversation) void client.invalidateQueries({ queryKey: keys.messages(conversation) })
      await pageWords()
      toast(t('macro.done', { name: `\u2068${macro.name}\u2069` }))
    },
    onError: async (error, macro) => {
      await pageWords()
      // "actions.2.body": the third step.
      const step = error instanceof ApiError ? /^actions\.(\d+)/.exec(error.field ?? '')?.[1] : undefined
      const text = errorText(error, t)
      toast(step === undefined ? text : t('macro.failed_at', { name: `\u2068${macro.name}\u2069`, step: Number(step) + 1, text }), 'danger')
    },
  })
  return { macros: may && conversation ? macros : [], run: mutate }
}
