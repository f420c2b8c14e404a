import type { ReactNode } from 'react'
import { useId } from 'react'

interface Props {
  title: string
  hint?: string
  aside?: ReactNode
  children: ReactNode
}

/** A titled part of a page or panel, divided by a hairline. */
export function Section({ title, hint, aside, children }: Props) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="border-t border-line py-4 first:border-t-0">
      <header className="mb-2 flex min-h-7 items-center justify-between gap-2">
        <div>
          <h2 id={id} className="text-sm">{title}</h2>
          {hint && <p className="text-xs text-muted">{hint}</p>}
        </div>
        {aside}
      </header>
      {children}
    </section>
  )
}
