import type { ReactNode } from 'react'
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components'
import { cx } from './cx'

interface Props {
  label: string
  /** What exactly is counted; one hover or focus away. */
  definition: string
  bad?: boolean
  children: ReactNode
}

/** A number with its name; the name carries the definition. */
export function Figure({ label, definition, bad, children }: Props) {
  return (
    <div>
      <dt className="text-sm text-muted">
        <TooltipTrigger delay={300}>
          <Button className="cursor-help rounded-sm text-start underline decoration-control decoration-dotted underline-offset-4">{label}</Button>
          <Tooltip offset={6} className="appear z-50 max-w-72 rounded-md bg-strong px-2 py-1 text-xs text-paper shadow-overlay">{definition}</Tooltip>
        </TooltipTrigger>
      </dt>
      <dd className={cx('mt-1 text-xl font-semibold tabular-nums', bad ? 'text-danger-ink' : 'text-strong')}>{children}</dd>
    </div>
  )
}
