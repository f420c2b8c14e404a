import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { MoreHorizontal, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { keys } from '@/api/keys'
import { usersQuery } from '@/api/queries'
import type { Role, User } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { Avatar } from '@/ui/Avatar'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { Menu } from '@/ui/Menu'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { AddUser } from './AddUser'
import { roles } from './roles'

/** People with their roles. */
export function UserSection() {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const query = useQuery(usersQuery)
  const [adding, setAdding] = useState(false)
  const change = useMutation({
    mutationFn: ({ id, ...part }: { id: string; role?: Role; disabled?: boolean }) => patch<User>(`/users/${id}`, part),
    onMutate: ({ id, ...part }) => client.setQueryData<User[]>(keys.users, (old) => old?.map((user) => (user.id === id ? { ...user, ...part } : user))),
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.users }),
  })
  return (
    <Section title={t('team.people')} aside={<Button small look="primary" onPress={() => setAdding(true)}><Plus size={14} aria-hidden />{t('team.add_person')}</Button>}>
      {query.isPending && <Loading rows={3} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      <ul aria-label={t('team.people')}>
        {query.data?.map((user) => (
          <li key={user.id} className="flex min-h-14 items-center gap-3 border-b border-line last:border-b-0">
            <Avatar name={user.name} size={32} />
            <div className="min-w-0 grow">
              <UserText className="block truncate text-strong">{user.name}</UserText>
              <bdi dir="ltr" className="block truncate text-sm text-muted">{user.email}</bdi>
            </div>
            {user.disabled ? <Pill tone="danger">{t('team.disabled')}</Pill> : <Pill tone={user.presence === 'online' ? 'positive' : 'neutral'}>{t(`presence.${user.presence}`)}</Pill>}
            <div className="shrink-0">
              <Select quiet hideLabel label={t('team.role_of', { name: user.name })} isDisabled={user.id === me.user.id} value={user.role} options={roles.map((id) => ({ id, label: t(`role.${id}`) }))} onChange={(role) => change.mutate({ id: user.id, role })} />
            </div>
            <Menu label={t('common.more_actions')} items={[{ id: 'disable', label: user.disabled ? t('team.enable') : t('team.disable'), danger: !user.disabled, onAction: () => change.mutate({ id: user.id, disabled: !user.disabled }) }]}>
              <IconButton label={t('team.actions_for', { name: user.name })} icon={MoreHorizontal} isDisabled={user.id === me.user.id} />
            </Menu>
          </li>
        ))}
      </ul>
      <AddUser isOpen={adding} onClose={() => setAdding(false)} />
    </Section>
  )
}
