import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get, patch } from '@/api/client'
import { keys } from '@/api/keys'
import { channelsQuery, countsQuery } from '@/api/queries'
import type { Guide, User } from '@/api/types'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'

/** What no live event tells of (a colleague who joins, a provider who takes the answer) shows after this time. */
const lookAgain = 5_000

export const guideQuery = queryOptions({ queryKey: keys.guide, queryFn: ({ signal }) => get<Guide>('/guide', undefined, signal) })

/** The guide as things stand; while `isWatched` says so, each thing that happens is seen at once. */
export function useGuide(isWatched: (guide: Guide) => boolean) {
  const client = useQueryClient()
  const query = useQuery({ ...guideQuery, refetchInterval: ({ state }) => (state.data && isWatched(state.data) ? lookAgain : false) })
  const watched = query.data !== undefined && isWatched(query.data)
  // The live feed renews these with every message and every change of a number.
  const { dataUpdatedAt: messages } = useQuery({ ...countsQuery, enabled: watched })
  const { dataUpdatedAt: channels } = useQuery({ ...channelsQuery, enabled: watched })
  useEffect(() => {
    if (watched) void client.invalidateQueries({ queryKey: keys.guide })
  }, [client, watched, messages, channels])
  return query
}

/** Puts the guide away, or takes it out again. */
export function useHideGuide() {
  const client = useQueryClient()
  const { t } = useTranslation()
  return useMutation({
    mutationFn: (hidden: boolean) => patch<User>('/users/me', { guide_hidden: hidden }),
    onMutate: (hidden) => client.setQueryData<Guide>(keys.guide, (guide) => guide && { ...guide, hidden, shown: hidden ? false : guide.shown }),
    onSuccess: (_, hidden) => hidden && toast(t('guide.hidden')),
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.guide }),
  })
}
