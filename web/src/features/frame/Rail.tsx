import { Link } from '@tanstack/react-router'
import { Focusable } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { Avatar } from '@/ui/Avatar'
import { cx } from '@/ui/cx'
import { Logo } from '@/ui/Logo'
import { Tip } from '@/ui/Tip'
import { places } from './navigation'
import { useMe } from './useMe'

const item = 'focus-inset relative grid size-11 place-items-center rounded-lg text-muted hover:bg-hover hover:text-strong aria-[current=page]:text-strong aria-[current=page]:bg-hover'

/** The rail: where one can go. */
export function Rail() {
  const { t } = useTranslation()
  const me = useMe()
  const { presence } = me.user
  // Only who takes nothing needs a reminder of it.
  const account = presence === 'online' ? t('place.account') : t(presence === 'away' ? 'frame.account_away' : 'frame.account_offline')
  return (
    <nav aria-label={t('frame.main')} className="hidden w-15 shrink-0 flex-col items-center gap-1 border-e border-line bg-sunken py-3 md:flex">
      <span className="mb-3"><Logo /></span>
      {places.map(({ to, name, icon: Icon, action }) => (
        <Tip key={name} text={t(`place.${name}`)} action={action}>
          <Focusable>
            <Link to={to} aria-label={t(`place.${name}`)} activeProps={{ 'aria-current': 'page' }} className={cx(item, 'before:absolute before:-start-2 before:inset-y-2.5 before:w-[3px] before:rounded-full aria-[current=page]:before:bg-accent')}>
              <Icon size={20} strokeWidth={1.75} aria-hidden />
            </Link>
          </Focusable>
        </Tip>
      ))}
      <span className="grow" />
      <Tip text={account} action="go_account">
        <Focusable>
          <Link to="/account" aria-label={account} activeProps={{ 'aria-current': 'page' }} className={item}>
            <Avatar name={me.user.name} size={28} />
            {presence !== 'online' && <span aria-hidden className={cx('absolute end-1.5 bottom-1.5 size-3 rounded-full border-2 border-sunken', presence === 'away' ? 'bg-caution' : 'bg-faint')} />}
          </Link>
        </Focusable>
      </Tip>
    </nav>
  )
}
