import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery, teamsQuery, usersQuery } from '@/api/queries'
import { tagsQuery } from '@/features/tag/api'
import type { InboxSearch } from '@/features/inbox/filter'
import { useShown } from '@/features/inbox/useInbox'

/** The conditions in force, each with its way out. */
export function FilterChips() {
  const { t } = useTranslation()
  const { place, change } = useShown()
  const { data: users = [] } = useQuery(usersQuery)
  const { data: teams = [] } = useQuery(teamsQuery)
  const { data: channels = [] } = useQuery(channelsQuery)
  const { data: tags = [] } = useQuery({ ...tagsQuery, enabled: place.tag !== undefined })
  const name = (rows: readonly { id: string; name: string }[], id: string | undefined) => id && (rows.find((row) => row.id === id)?.name ?? t('work.gone'))
  const chips: { key: keyof InboxSearch; text: string | undefined }[] = [
    { key: 'assignee', text: name(users, place.assignee) },
    { key: 'team', text: name(teams, place.team) },
    { key: 'channel', text: name(channels, place.channel) },
    { key: 'priority', text: place.priority && t(`priority.${place.priority}`) },
    { key: 'tag', text: name(tags, place.tag) },
  ]
  return (
    <ul aria-label={t('work.in_force')} className="flex flex-wrap gap-1 pb-1">
      {chips.map(({ key, text }) => text && (
        <li key={key} className="inline-flex max-w-full items-center rounded-full border border-line bg-sunken ps-2.5 text-sm">
          <bdi dir="auto" className="truncate">{text}</bdi>
          <button type="button" aria-label={t('work.drop_condition', { name: text })} onClick={() => change({ [key]: undefined })} className="grid size-7 place-items-center rounded-full text-muted hover:text-strong pointer-coarse:size-11">
            <X size={14} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  )
}
