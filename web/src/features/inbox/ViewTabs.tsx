import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { countsQuery } from '@/api/queries'
import type { View } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { cx } from '@/ui/cx'
import { tabs, type InboxSearch } from './filter'
import { useShown } from './useInbox'

const exactly = { exact: true, includeSearch: true }

/** The four views an agent changes between all day, each a link with its count; another one joins them while it is shown. */
export const ViewTabs = memo(function ViewTabs() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { filter } = useShown()
  const { data: counts } = useQuery(countsQuery)
  const shown: readonly View[] = tabs.some((view) => view === filter.view) ? tabs : [...tabs, filter.view]
  return (
    <nav aria-label={t('inbox.views')} className="flex shrink-0 overflow-x-auto border-b border-line px-1.5 [scrollbar-width:none]">
      {shown.map((view) => {
        const current = view === filter.view
        const count = counts?.[view]
        // A mention that waits is for oneself: it stands out.
        const news = view === 'mentions' && (count ?? 0) > 0
        return (
          <Link
            key={view}
            to="."
            search={(old: InboxSearch) => ({ ...old, view: view === 'all' ? undefined : view, status: undefined, sort: undefined, m: undefined })}
            replace
            // Else the router marks every link whose conditions are among those in force.
            activeOptions={exactly}
            aria-current={current ? 'page' : undefined}
            className={cx(
              'focus-inset -mb-px flex min-h-9 items-center gap-1 border-b-2 px-1.5 whitespace-nowrap pointer-coarse:min-h-11',
              current ? 'border-accent font-semibold text-strong' : 'border-transparent text-muted hover:text-strong',
            )}
          >
            {t(`inbox.view.${view}`)}
            {count !== undefined && (view !== 'mentions' || news) && (
              <span className={cx('text-xs tabular-nums', news ? 'font-semibold text-accent-ink' : 'font-normal text-faint')}>{formats.number(count)}</span>
            )}
          </Link>
        )
      })}
    </nav>
  )
})
