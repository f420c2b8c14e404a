import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import type { Template } from '@/api/types'

type User = Template['used_by'][number]
const look = 'text-accent-ink underline underline-offset-2'

/** What sends a template, each leading to its own page: what stops working when the template does. */
export function UsedBy({ users }: { users: User[] }) {
  const { t } = useTranslation()
  return (
    <ul className="flex flex-col gap-1">
      {users.map((user) => (
        <li key={`${user.kind}${user.id ?? ''}`}>
          <span className="text-muted">{t(`templates.user_of.${user.kind}`)}{user.status && ` (${t(`campaigns.status.${user.status}`)})`}</span>{' '}<Own user={user} />
        </li>
      ))}
    </ul>
  )
}

function Own({ user }: { user: User }) {
  const { t } = useTranslation()
  const name = <bdi>{user.name}</bdi>
  if (user.kind === 'campaign' && user.id) return <Link to="/campaigns/$campaignId" params={{ campaignId: user.id }} className={look}>{name}</Link>
  if (user.kind === 'rule' && user.id) return <Link to="/rules/$ruleId" params={{ ruleId: user.id }} className={look}>{name}</Link>
  if (user.kind === 'macro') return <Link to="/settings/macros" className={look}>{name}</Link>
  return <Link to="/settings/closing" className={look}>{t('survey.title')}</Link>
}
