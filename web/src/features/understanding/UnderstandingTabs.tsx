import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import { useMe } from '@/features/frame/useMe'

const tabs = [
  { to: '/rules', name: 'rules', needs: 'rule.read' },
  { to: '/rules/hot-words', name: 'hot_words', needs: 'rule.read' },
  { to: '/rules/labelling', name: 'labelling', needs: 'inbox.write' },
] as const

/** Rules, and what they understand of what customers write. */
export function UnderstandingTabs() {
  const { t } = useTranslation()
  const { permissions } = useMe()
  return (
    <nav aria-label={t('understanding.pages')} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
      {tabs.filter(({ needs }) => permissions.includes(needs)).map(({ to, name }) => (
        <Link key={name} to={to} activeOptions={{ exact: true }} activeProps={{ 'aria-current': 'page' }} className="focus-inset hit inline-flex items-center border-b-2 border-transparent px-3 whitespace-nowrap text-muted hover:text-strong aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-strong">
          {t(`understanding.tab.${name}`)}
        </Link>
      ))}
    </nav>
  )
}
