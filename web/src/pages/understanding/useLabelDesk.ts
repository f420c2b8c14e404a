import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { put, remove } from '@/api/client'
import { deskQuery, intentsQuery, understandingKeys, type DeskMessage } from '@/features/understanding/api'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'

/** One message after the other: what a person says goes out at once, the next one stands there meanwhile. */
export function useLabelDesk(filter: { language?: string; intent?: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const list = useQuery(deskQuery(filter))
  const [done, setDone] = useState<readonly string[]>([])
  const [last, setLast] = useState<DeskMessage | null>(null)
  const left = (list.data ?? []).filter((one) => !done.includes(one.message_id))
  const [current] = left
  const fresh = () => client.invalidateQueries({ queryKey: intentsQuery.queryKey })
  const next = () => {
    if (!current) return
    setDone([...done, current.message_id])
    // The last of this page: the next one is fetched.
    if (left.length === 1) void client.invalidateQueries({ queryKey: understandingKeys.desk })
  }
  const say = useMutation({
    mutationFn: ({ message, intent }: { message: DeskMessage; intent: string }) => put<void>(`/messages/${message.message_id}/intent`, { intent }),
    onError: (error, { message }) => {
      setDone((old) => old.filter((id) => id !== message.message_id))
      toast(errorText(error, t), 'danger')
    },
    onSettled: fresh,
  })
  const undo = useMutation({
    mutationFn: (message: DeskMessage) => remove(`/messages/${message.message_id}/intent`),
    onSuccess: (_, message) => {
      setDone((old) => old.filter((id) => id !== message.message_id))
      setLast(null)
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: fresh,
  })
  return {
    list,
    current,
    last,
    undo: () => last && !undo.isPending && undo.mutate(last),
    skip: next,
    say: (intent: string) => {
      if (!current) return
      say.mutate({ message: current, intent })
      setLast(current)
      next()
    },
  }
}
