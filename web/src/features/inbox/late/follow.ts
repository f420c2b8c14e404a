// Following a conversation: whoever does is told of its notes and of what the customer writes.
import type { QueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { post, remove } from '@/api/client'
import { keys } from '@/api/keys'
import { collaboratorsQuery } from '@/api/queries'
import type { Collaborator, Id } from '@/api/types'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'

/** Adds or removes somebody; shown at once, taken back with a word when the server refuses. */
export async function setFollowing(client: QueryClient, conversation: Id, user: Id, on: boolean): Promise<boolean> {
  const key = keys.collaborators(conversation)
  const before = client.getQueryData<Collaborator[]>(key)
  const now = Date.now()
  client.setQueryData<Collaborator[]>(key, (old = []) => {
    const rest = old.filter((one) => one.user_id !== user)
    return on ? [...rest, { user_id: user, joined: true, told_at: now, told_by: null, seen_at: now }] : rest
  })
  try {
    if (on) client.setQueryData(key, await post<Collaborator[]>(`/conversations/${conversation}/collaborators`, { user_id: user }))
    else await remove(`/conversations/${conversation}/collaborators/${user}`)
    return true
  } catch (error) {
    client.setQueryData(key, before)
    void client.invalidateQueries({ queryKey: key })
    toast(errorText(error, i18next.t), 'danger')
    return false
  }
}

/** The key: follows, or no longer. */
export async function toggleFollowing(client: QueryClient, conversation: Id, me: Id): Promise<void> {
  const there = await client.fetchQuery(collaboratorsQuery(conversation)).catch(() => [])
  const on = !there.some((one) => one.joined && one.user_id === me)
  if (await setFollowing(client, conversation, me, on)) toast(on ? i18next.t('work.following') : i18next.t('work.not_following'))
}
