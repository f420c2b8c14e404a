import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Conversation } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { pageWords } from '@/i18n'
import { isolated } from '@/i18n/direction'
import { putConversation } from '@/live/cache'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'
import { macrosQuery, type Macro, type MacroRun } from './api'
import { runEnded, runId } from './macroRuns'

/** The person's macros and everybody's, and running one on a conversation. */
export function useMacros(conversation: string | undefined) {
  const client = useQueryClient()
  const me = useMe()
  const { t } = useTranslation()
  const may = me.permissions.includes('inbox.write')
  const query = useQuery({ ...macrosQuery, enabled: may && conversation !== undefined })
  const { mutate } = useMutation({
    mutationFn: (macro: Macro) =>
      post<MacroRun>(`/macros/${macro.id}/run`, { conversation_id: conversation, client_id: runId(macro, conversation ?? '') }),
    onSuccess: async (run, macro) => {
      runEnded(macro, run.conversation.id)
      putConversation(client, run.conversation as Conversation, me.user.id)
      void client.invalidateQueries({ queryKey: keys.counts })
      void client.invalidateQueries({ queryKey: keys.messages(run.conversation.id) })
      await pageWords()
      toast(t('macro.done', { name: isolated(macro.name) }))
    },
    onError: async (error, macro) => {
      await pageWords()
      // "actions.2.body": the third step.
      const step = error instanceof ApiError ? /^actions\.(\d+)/.exec(error.field ?? '')?.[1] : undefined
      const text = errorText(error, t)
      toast(step === undefined ? text : t('macro.failed_at', { name: isolated(macro.name), step: Number(step) + 1, text }), 'danger')
    },
  })
  return { query, macros: (may && conversation && query.data) || [], run: mutate }
}
