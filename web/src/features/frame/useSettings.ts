import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, remove } from '@/api/client'
import { keys } from '@/api/keys'
import type { Me, User } from '@/api/types'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'

export type Settings = Partial<Pick<User, 'name' | 'locale' | 'theme' | 'density' | 'presence'>>

/** One's own settings: seen at once, kept on the server. */
export function useSettings() {
  const client = useQueryClient()
  const { t } = useTranslation()
  return useMutation({
    mutationFn: (change: Settings) => patch<User>('/users/me', change),
    onMutate: (change) => {
      const before = client.getQueryData<Me>(keys.me)
      if (before) client.setQueryData<Me>(keys.me, { ...before, user: { ...before.user, ...change } })
      return { before }
    },
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.users }),
    onError: (error, _change, context) => {
      if (context?.before) client.setQueryData(keys.me, context.before)
      toast(errorText(error, t), 'danger')
    },
  })
}

/** Ends the session and forgets everything that was read in it. */
export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      await patch('/users/me', { presence: 'offline' }).catch(() => undefined)
      // The server forgets the device with the session; the browser gives its side up.
      await import('@/live/push').then((push) => push.letGo()).catch(() => undefined)
      await remove('/session')
    },
    onSettled: () => {
      client.clear()
      window.location.assign('/sign-in')
    },
  })
}
