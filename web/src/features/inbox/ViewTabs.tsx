import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { countsQuery } from '@/api/queries'
import { useFormats } from '@/i18n/format'
import { cx } from '@/ui/cx'
import { views, type InboxSearch } from './filter'
import { useInbox } from './useInbox'

/** Mine, unassigned, all, unread - each a link with its count. */
export function ViewTabs() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { filter } = useInbox()
  const { data: counts } = useQuery(countsQuery)
  return (
    <nav aria-label={t('inbox.views')} className="flex shrink-0 overflow-x-auto border-b border-line px-1.5 [scrollbar-width:none]">
      {views.map((view) => {
        const current = view === filter.view
        const count = counts?.[view]
        return (
          <Link
            key={view}
            to="."
            search={(old: InboxSearch) => ({ ...old, view: view === 'all' ? undefined : view, m: undefined })}
            replace
            aria-current={current ? 'page' : undefined}
            className={cx(
              'focus-inset -mb-px flex min-h-9 items-center gap-1 border-b-2 px-1.5 whitespace-nowrap pointer-coarse:min-h-11',
              current ? 'border-accent font-semibold text-strong' : 'border-transparent text-muted hover:text-strong',
            )}
          >
            {t(`inbox.view.${view}`)}
            {count !== undefined && <span className="text-xs font-normal text-faint tabular-nums">{formats.number(count)}</span>}
          </Link>
        )
      })}
    </nav>
  )
}
