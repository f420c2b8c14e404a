import { useQuery, useQueryClient } from '@tanstack/react-query'
import { UserPlus, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { collaboratorsQuery, usersQuery } from '@/api/queries'
import { useMe } from '@/features/frame/useMe'
import { Avatar } from '@/ui/Avatar'
import { Button } from '@/ui/Button'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'
import { setFollowing } from './follow'

/** Who follows a conversation beside whoever answers it. */
export function Collaborators({ conversation }: { conversation: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const { data: there = [] } = useQuery(collaboratorsQuery(conversation))
  const { data: users = [] } = useQuery(usersQuery)
  const joined = there.filter((one) => one.joined)
  const nameOf = (id: string) => users.find((user) => user.id === id)?.name ?? t('work.gone')
  const others = users.filter((user) => !user.disabled && !joined.some((one) => one.user_id === user.id))
  const mine = joined.some((one) => one.user_id === me.user.id)
  const mayWrite = me.permissions.includes('inbox.write')
  return (
    <Section
      title={t('work.collaborators')}
      aside={
        mayWrite && others.length > 0 && (
          <Menu
            label={t('work.add_collaborator')}
            subject={conversation}
            items={[...others].sort((a, b) => Number(b.id === me.user.id) - Number(a.id === me.user.id)).map((user) => ({
              id: user.id,
              label: user.id === me.user.id ? t('thread.me', { name: user.name }) : user.name,
              action: user.id === me.user.id ? ('follow' as const) : undefined,
              onAction: () => void setFollowing(client, conversation, user.id, true),
            }))}
          >
            <IconButton label={t('work.add_collaborator')} icon={UserPlus} />
          </Menu>
        )
      }
    >
      {joined.length === 0 && <p className="text-sm text-muted">{t('work.no_collaborators')}</p>}
      <ul aria-label={t('work.collaborators')}>
        {joined.map(({ user_id: id }) => (
          <li key={id} className="flex min-h-9 items-center gap-2">
            <Avatar name={nameOf(id)} size={22} />
            <UserText className="min-w-0 grow truncate">{nameOf(id)}</UserText>
            {mayWrite && <IconButton label={t('work.remove_collaborator', { name: nameOf(id) })} icon={X} onPress={() => void setFollowing(client, conversation, id, false)} />}
          </li>
        ))}
      </ul>
      {mayWrite && !mine && <Button look="quiet" small onPress={() => void setFollowing(client, conversation, me.user.id, true)} className="-ms-2">{t('work.follow')}</Button>}
    </Section>
  )
}
