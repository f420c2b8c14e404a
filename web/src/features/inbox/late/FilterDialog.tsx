import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery, teamsQuery, usersQuery } from '@/api/queries'
import { tagsQuery } from '@/features/tag/api'
import { conditions, priorities, type InboxSearch } from '@/features/inbox/filter'
import { useShown } from '@/features/inbox/useInbox'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Select } from '@/ui/Select'

const any = 'any'

/** Whose, which team's, over which channel, how urgent, of which tag: each choice shows at once in the list behind. */
export function FilterDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { place, filter, change } = useShown()
  const { data: users = [] } = useQuery(usersQuery)
  const { data: teams = [] } = useQuery(teamsQuery)
  const { data: channels = [] } = useQuery(channelsQuery)
  const { data: tags = [] } = useQuery(tagsQuery)
  const choose = (name: keyof InboxSearch) => (value: string) => change({ [name]: value === any ? undefined : value })
  const options = (rows: readonly { id: string; name: string }[]) => [{ id: any, label: t('work.any') }, ...rows.map(({ id, name }) => ({ id, label: name }))]
  // "Mine" and "unassigned" have said whose already.
  const fixed = filter.view === 'mine' || filter.view === 'unassigned'
  return (
    <Dialog title={t('inbox.conditions')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-4">
        <Select label={t('work.assignee')} options={options(users.filter((user) => !user.disabled))} value={place.assignee ?? any} onChange={choose('assignee')} isDisabled={fixed} />
        <Select label={t('work.team')} options={options(teams)} value={place.team ?? any} onChange={choose('team')} />
        <Select label={t('work.channel')} options={options(channels)} value={place.channel ?? any} onChange={choose('channel')} />
        <Select label={t('work.priority')} options={[{ id: any, label: t('work.any') }, ...priorities.map((id) => ({ id, label: t(`priority.${id}`) }))]} value={place.priority ?? any} onChange={choose('priority')} />
        <Select label={t('work.tag')} options={[{ id: any, label: t('work.any') }, ...tags.filter((tag) => !tag.archived || tag.id === place.tag).map((tag) => ({ id: tag.id, label: tag.name, foreign: true }))]} value={place.tag ?? any} onChange={choose('tag')} />
        <div className="flex justify-end gap-2">
          <Button look="quiet" isDisabled={conditions(place) === 0} onPress={() => change({ assignee: undefined, team: undefined, channel: undefined, priority: undefined, tag: undefined })}>{t('common.clear')}</Button>
          <Button look="primary" onPress={onClose}>{t('work.show')}</Button>
        </div>
      </div>
    </Dialog>
  )
}
