import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { AlarmClock, Check, CircleDashed, CircleUser, Flag, MailOpen, MoreHorizontal, RotateCcw, Tag, Users, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import { matchesQuery, teamsQuery, usersQuery, type ConversationFilter } from '@/api/queries'
import type { BulkAction, BulkChange, Conversation } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { priorities } from '@/features/inbox/filter'
import { selection as store, stopSelecting, type Selection } from '@/features/inbox/selection'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Menu, type Item } from '@/ui/Menu'
import { toast } from '@/ui/toast'
import { follow } from './bulk'
import { BulkTags } from './BulkTags'
import { SnoozeDialog } from './SnoozeDialog'

interface Props {
  filter: ConversationFilter
  selection: Selection
  loaded: readonly Conversation[]
  /** Whether everything that matches is loaded. */
  whole: boolean
}

/** From so many conversations on, a change is asked about once more. */
const many = 100

/** What can be done with the picked conversations: some of them, or all that match. */
export function BulkBar({ filter, selection, loaded, whole }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const { data: users = [] } = useQuery(usersQuery)
  const { data: teams = [] } = useQuery(teamsQuery)
  const { data: matches } = useQuery(matchesQuery(filter))
  const mayTag = useMe().permissions.includes('contact.write')
  const [snoozing, setSnoozing] = useState(false)
  const [tagging, setTagging] = useState(false)
  const [asked, setAsked] = useState<BulkAction | null>(null)
  const every = loaded.length > 0 && loaded.every((row) => selection.ids.has(row.id))
  const count = selection.all ? (matches?.count ?? loaded.length) : selection.ids.size
  const tooMany = selection.all && matches !== undefined && matches.count > matches.limit
  const begin = useMutation({
    mutationFn: (action: BulkAction) => post<BulkChange>('/bulk-actions', selection.all ? { filter: { ...filter, sort: undefined }, action } : { ids: [...selection.ids], action }),
    onSuccess: (change) => {
      client.setQueryData(keys.bulk(change.id), change)
      follow(client, change)
      stopSelecting()
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  const act = (action: BulkAction) => (count >= many ? setAsked(action) : begin.mutate(action))
  const chooseAll = (all: boolean) => store.set((old) => old && { ...old, ids: new Set(all ? loaded.map((row) => row.id) : []), all: false })
  const assignees: Item[] = [
    { id: 'nobody', label: t('thread.nobody'), onAction: () => act({ assignee_id: null }) },
    ...users.filter((user) => !user.disabled && user.role !== 'viewer').map((user) => ({ id: user.id, icon: CircleUser, label: user.name, onAction: () => act({ assignee_id: user.id }) })),
    ...teams.map((team) => ({ id: team.id, icon: Users, label: t('thread.team', { name: team.name }), onAction: () => act({ team_id: team.id }) })),
  ]
  const more: Item[] = [
    ...(mayTag ? [{ id: 'tags', icon: Tag, label: t('work.bulk.do_tags'), onAction: () => setTagging(true) }] : []),
    { id: 'open', icon: RotateCcw, label: t('work.bulk.open'), onAction: () => act({ status: 'open' }) },
    { id: 'pending', icon: CircleDashed, label: t('thread.set_pending'), onAction: () => act({ status: 'pending' }) },
    { id: 'read', icon: MailOpen, label: t('work.bulk.read'), onAction: () => act({ read: true }) },
    ...priorities.map((priority) => ({ id: priority, icon: Flag, label: t('thread.set_priority', { priority: t(`priority.${priority}`) }), onAction: () => act({ priority }) })),
  ]
  const off = count === 0 || tooMany || begin.isPending
  return (
    <section aria-label={t('work.bulk.title')} className="shrink-0 border-b border-line bg-selected px-3 py-1.5 text-sm">
      <div className="flex min-h-8 items-center gap-1.5">
        <p role="status" className="grow font-semibold text-strong">{t('work.bulk.picked', { count })}</p>
        <Button look="quiet" small onPress={() => chooseAll(!every)}>{every ? t('work.bulk.none') : t('work.bulk.loaded')}</Button>
        <Menu label={t('work.bulk.more')} items={more}><IconButton label={t('work.bulk.more')} icon={MoreHorizontal} isDisabled={off} /></Menu>
        <IconButton label={t('inbox.stop_selecting')} icon={X} onPress={stopSelecting} />
      </div>
      {every && !whole && !selection.all && matches && matches.count > loaded.length && (
        <button type="button" className="hit text-accent-ink underline underline-offset-4" onClick={() => store.set((old) => old && { ...old, all: true })}>
          {t('work.bulk.all_that_match', { count: Math.min(matches.count, matches.limit) })}
        </button>
      )}
      {tooMany && <p className="text-danger-ink">{t('work.bulk.too_many', { limit: formats.number(matches.limit) })}</p>}
      <div className="flex flex-wrap items-center gap-1">
        <Button look="outline" small isDisabled={off} onPress={() => act({ status: 'resolved' })}><Check size={14} aria-hidden />{t('thread.resolve')}</Button>
        <Menu label={t('thread.assign')} items={assignees}><Button look="outline" small isDisabled={off}><CircleUser size={14} aria-hidden />{t('thread.assign')}</Button></Menu>
        <Button look="outline" small isDisabled={off} onPress={() => setSnoozing(true)}><AlarmClock size={14} aria-hidden />{t('work.snooze')}</Button>
      </div>
      {snoozing && (
        <SnoozeDialog
          onClose={() => setSnoozing(false)}
          onChoose={(until) => {
            setSnoozing(false)
            act({ status: 'snoozed', snoozed_until: until })
          }}
        />
      )}
      {tagging && (
        <BulkTags
          onClose={() => setTagging(false)}
          onChoose={(tags) => {
            setTagging(false)
            act(tags)
          }}
        />
      )}
      <Confirm title={t('work.bulk.title')} text={t('work.bulk.sure', { count })} verb={t('work.bulk.do')} isOpen={asked !== null} onClose={() => setAsked(null)} onConfirm={() => asked && begin.mutate(asked)} />
    </section>
  )
}
