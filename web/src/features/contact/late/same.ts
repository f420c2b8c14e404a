// Contacts that may be the same person: asked for, decided, taken back.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Contact, ContactMerge, Id, Page, Suggestion } from '@/api/types'
import { useTranslation } from '@/i18n/useTranslation'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'

const all = [...keys.contactsAll, 'same'] as const
/** Most pairs that one request decides. */
export const most = 100

export const sameQuery = queryOptions({ queryKey: [...all, 'list'], queryFn: ({ signal }) => get<Page<Suggestion>>('/duplicates', { limit: most }, signal) })
export const sameCountsQuery = queryOptions({ queryKey: [...all, 'counts'], queryFn: ({ signal }) => get<{ open: number }>('/duplicates/counts', undefined, signal) })
export const sameAsQuery = (id: Id) => queryOptions({ queryKey: [...all, 'of', id], queryFn: ({ signal }) => get<Page<Suggestion>>(`/contacts/${id}/duplicates`, undefined, signal).then(({ items }) => items) })
export const mergesQuery = (id: Id) => queryOptions({ queryKey: [...all, 'merges', id], queryFn: ({ signal }) => get<Page<ContactMerge>>(`/contacts/${id}/merges`, undefined, signal).then(({ items }) => items) })

export type Choice = 'merge' | 'apart' | 'open'
export interface Pair {
  keep: Id
  other: Id
}
export interface Decided {
  done: number
  merges: Id[]
  refused: (Pair & { detail: string })[]
}

export const decide = (choice: Choice, pairs: Pair[]) => post<Decided>('/duplicates/decide', { choice, pairs })
export const part = (merge: Id) => post<{ kept: Contact; parted: Contact }>(`/contact-merges/${merge}/undo`)

/** What a choice came to is taken back: the last merge first. The pairs wait again, because nobody said that they are two. */
export async function takeBack(choice: Choice, pairs: Pair[], merges: Id[]): Promise<void> {
  if (choice === 'merge') for (const merge of merges.toReversed()) await part(merge)
  await decide('open', pairs)
}

/** Decides about a pair; the message that says so takes it back, too. `onDone` is told before anything is read again. */
export function useDecide(onDone?: (choice: Choice, pair: Pair) => void) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const refresh = () => Promise.all([keys.contactsAll, keys.conversations].map((queryKey) => client.invalidateQueries({ queryKey })))
  const onError = (error: unknown) => toast(errorText(error, t), 'danger')
  const back = useMutation({
    mutationFn: (last: { choice: Choice; pairs: Pair[]; merges: Id[] }) => takeBack(last.choice, last.pairs, last.merges),
    onSuccess: () => toast(t('same.undone')),
    onError,
    onSettled: refresh,
  })
  const choose = useMutation({
    mutationFn: ({ choice, pair }: { choice: Choice; pair: Pair }) => decide(choice, [pair]),
    onSuccess: ({ merges, refused: [refused] }, { choice, pair }) => {
      if (refused) return toast(refused.detail, 'danger')
      onDone?.(choice, pair)
      toast(t(choice === 'merge' ? 'same.merged' : 'same.parted'), 'plain', { label: t('thread.take_back'), run: () => back.mutate({ choice, pairs: [pair], merges }) })
    },
    onError,
    onSettled: refresh,
  })
  const parts = useMutation({ mutationFn: part, onSuccess: () => toast(t('same.undone')), onError, onSettled: refresh })
  return { choose, parts }
}
