import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { MoreHorizontal } from 'lucide-react'
import { Button } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { Menu } from '@/ui/Menu'
import { places } from './navigation'

const item = 'focus-inset flex min-h-13 grow basis-0 cursor-default flex-col items-center justify-center gap-0.5 text-xs text-muted aria-[current=page]:font-semibold aria-[current=page]:text-strong'

/** The rail of a phone: three places and the rest behind "more"; it makes room for an open conversation. */
export function PhoneBar() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { conversationId } = useParams({ strict: false })
  if (conversationId) return null
  return (
    <nav aria-label={t('frame.main')} className="flex shrink-0 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)] md:hidden">
      {places.filter((place) => place.phone).map(({ to, name, icon: Icon }) => (
        <Link key={name} to={to} activeProps={{ 'aria-current': 'page' }} className={item}>
          <Icon size={20} strokeWidth={1.75} aria-hidden />
          {t(`place.${name}`)}
        </Link>
      ))}
      <Menu
        label={t('frame.more')}
        items={[
          ...places.filter((place) => !place.phone).map(({ to, name, icon }) => ({ id: name, icon, label: t(`place.${name}`), onAction: () => void navigate({ to }) })),
          { id: 'account', label: t('place.account'), onAction: () => void navigate({ to: '/account' }) },
          { id: 'guide', label: t('action.go_guide'), onAction: () => void navigate({ to: '/guide' }) },
        ]}
      >
        <Button className={item}>
          <MoreHorizontal size={20} strokeWidth={1.75} aria-hidden />
          {t('frame.more')}
        </Button>
      </Menu>
    </nav>
  )
}
