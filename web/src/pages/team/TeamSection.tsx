import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { remove } from '@/api/client'
import { keys } from '@/api/keys'
import { teamsQuery, usersQuery } from '@/api/queries'
import type { Team } from '@/api/types'
import { Button } from '@/ui/Button'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { EditTeam } from './EditTeam'

/** Groups a conversation can be given to. */
export function TeamSection() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data: teams = [] } = useQuery(teamsQuery)
  const { data: users = [] } = useQuery(usersQuery)
  const [editing, setEditing] = useState<Team | 'new' | null>(null)
  const drop = useMutation({
    mutationFn: (id: string) => remove(`/teams/${id}`),
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.teams }),
  })
  const members = (team: Team) => team.member_ids.flatMap((id) => users.find((user) => user.id === id)?.name ?? []).join(t('common.list_separator'))
  return (
    <Section title={t('team.teams')} aside={<Button small onPress={() => setEditing('new')}><Plus size={14} aria-hidden />{t('team.add_team')}</Button>}>
      {teams.length === 0 && <p className="text-muted">{t('team.no_teams')}</p>}
      <ul aria-label={t('team.teams')}>
        {teams.map((team) => (
          <li key={team.id} className="flex min-h-12 items-center py-1.5 gap-3 border-b border-line last:border-b-0">
            <div className="min-w-0 grow">
              <UserText className="block text-strong">{team.name}</UserText>
              <span className="block truncate text-sm text-muted"><bdi>{members(team) || t('team.nobody')}</bdi></span>
            </div>
            <IconButton label={t('team.edit_named', { name: team.name })} icon={Pencil} onPress={() => setEditing(team)} />
            <IconButton label={t('team.remove_named', { name: team.name })} icon={Trash2} onPress={() => drop.mutate(team.id)} />
          </li>
        ))}
      </ul>
      {editing && <EditTeam key={editing === 'new' ? 'new' : editing.id} team={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </Section>
  )
}
