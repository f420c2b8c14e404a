import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, patch, post } from '@/api/client'
import { keys } from '@/api/keys'
import { teamsQuery } from '@/api/queries'
import type { SavedView } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { sameList, toSearch } from '@/features/inbox/filter'
import { useShown } from '@/features/inbox/useInbox'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'

const scopes = ['private', 'team', 'all'] as const

/** Names the list as it stands, or changes a saved view. */
export function SaveView({ view, onClose }: { view: SavedView | null; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const { filter, place } = useShown()
  const { data: teams = [] } = useQuery(teamsQuery)
  const [name, setName] = useState(view?.name ?? '')
  const [scope, setScope] = useState<SavedView['scope']>(view?.scope ?? 'private')
  const [team, setTeam] = useState(view?.team_id ?? teams.find((one) => one.member_ids.includes(me.user.id))?.id ?? teams[0]?.id ?? '')
  const differs = view !== null && !sameList(toSearch(view.filter), place)
  const [take, setTake] = useState(false)
  const mayShare = me.permissions.includes('inbox.write')
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), scope, team_id: scope === 'team' ? team : undefined, filter: view === null || take ? filter : undefined }
      return view ? patch<SavedView>(`/views/${view.id}`, body) : post<SavedView>('/views', body)
    },
    onSuccess: (saved) => {
      client.setQueryData<SavedView[]>(keys.views, (old = []) => (old.some((one) => one.id === saved.id) ? old.map((one) => (one.id === saved.id ? saved : one)) : [...old, saved]))
      onClose()
    },
  })
  const refused = save.error instanceof ApiError && save.error.field === 'name'
  return (
    <Dialog title={view ? t('work.edit_view') : t('work.save_view')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim()) save.mutate()
        }}
      >
        <Field label={t('work.view_name')} isRequired autoFocus value={name} onChange={setName} maxLength={100} />
        {mayShare && <Select label={t('work.who_sees')} options={scopes.filter((id) => id !== 'team' || teams.length > 0).map((id) => ({ id, label: t(`work.scope.${id}`) }))} value={scope} onChange={setScope} />}
        {scope === 'team' && <Select label={t('work.which_team')} options={teams.map((one) => ({ id: one.id, label: one.name }))} value={team} onChange={setTeam} />}
        {differs && <Switch label={t('work.take_current')} isSelected={take} onChange={setTake} />}
        {save.isError && !refused && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={!name.trim() || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}
