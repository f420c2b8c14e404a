import type { ReactNode } from 'react'
import { cx } from './cx'

interface Props {
  title: string
  lead?: ReactNode
  /** Stands before the title: a person's avatar. */
  mark?: ReactNode
  actions?: ReactNode
  wide?: boolean
  children: ReactNode
}

/** The frame of every page that is not the inbox: title, one primary action, content at reading width. */
export function PageFrame({ title, lead, mark, actions, wide, children }: Props) {
  return (
    // Positioned, so that what only screen readers see scrolls with the page instead of making the window longer.
    <main id="main" className="relative h-full overflow-auto">
      <div className={cx('mx-auto px-4 pb-24 md:px-8 md:pb-12', wide ? 'max-w-6xl' : 'max-w-3xl')}>
        <header className="flex flex-wrap items-end justify-between gap-3 pt-6 pb-5 md:pt-8">
          <div className="flex min-w-0 items-center gap-4">
            {mark}
            <div className="min-w-0">
              <h1 className="text-xl wrap-anywhere"><bdi>{title}</bdi></h1>
              {lead && <p className="mt-0.5 max-w-xl text-muted">{lead}</p>}
            </div>
          </div>
          {actions && <div className="flex gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </main>
  )
}
