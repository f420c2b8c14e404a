import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'

const tabs = [
  { to: '/settings/routing', name: 'routing' },
  { to: '/settings/closing', name: 'closing' },
  { to: '/settings/macros', name: 'macros' },
] as const

/** From who gets a conversation to how it ends: three pages that belong together. */
export function RoutingTabs() {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('routing.pages')} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map(({ to, name }) => (
        <Link key={name} to={to} activeProps={{ 'aria-current': 'page' }} className="focus-inset hit inline-flex items-center border-b-2 border-transparent px-3 whitespace-nowrap text-muted hover:text-strong aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-strong">
          {t(`routing.tab.${name}`)}
        </Link>
      ))}
    </nav>
  )
}
