import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post } from '@/api/client'
import { keys } from '@/api/keys'
import { usersQuery } from '@/api/queries'
import type { Team } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'
import { Switch } from '@/ui/Switch'

/** A team's name and members. */
export function EditTeam({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data: users = [] } = useQuery(usersQuery)
  const [name, setName] = useState(team?.name ?? '')
  const [members, setMembers] = useState<string[]>(team?.member_ids ?? [])
  const save = useMutation({
    mutationFn: () => (team ? patch<Team>(`/teams/${team.id}`, { name: name.trim(), member_ids: members }) : post<Team>('/teams', { name: name.trim(), member_ids: members })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.teams })
      onClose()
    },
  })
  return (
    <Dialog title={team ? t('team.edit_team') : t('team.add_team')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label={t('contact.name')} isRequired value={name} onChange={setName} />
        <fieldset className="flex flex-col">
          <legend className="mb-1 text-sm font-semibold">{t('team.members')}</legend>
          {users.filter((user) => !user.disabled).map((user) => (
            <Switch key={user.id} label={user.name} isSelected={members.includes(user.id)} onChange={(on) => setMembers((old) => (on ? [...old, user.id] : old.filter((id) => id !== user.id)))} />
          ))}
        </fieldset>
        {save.isError && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={!name.trim() || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}
