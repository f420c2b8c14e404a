import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from '@/ui/cx'

interface Props {
  tone: 'danger' | 'caution' | 'info'
  icon: LucideIcon
  title: string
  text?: string
  code?: string | number
  children?: ReactNode
}

const tones = { danger: 'bg-danger-soft text-danger-ink', caution: 'bg-caution-soft text-caution-ink', info: 'bg-info-soft text-info-ink' }

/** The note under a bubble: meaning first, advice, the provider's code small, buttons last. */
export function NoteBox({ tone, icon: Icon, title, text, code, children }: Props) {
  return (
    <div role="note" className={cx('mt-1 flex max-w-md gap-2 rounded-md px-2.5 py-2 text-sm', tones[tone])}>
      <Icon size={16} strokeWidth={1.75} aria-hidden className="mt-0.5 shrink-0" />
      <div className="min-w-0">
        <p className="font-semibold"><bdi dir="auto">{title}</bdi></p>
        {(text || code !== undefined) && (
          <p>
            {text && <bdi dir="auto">{text}</bdi>}
            {code !== undefined && <span className="ms-1.5"><code dir="ltr" className="font-mono text-xs">{code}</code></span>}
          </p>
        )}
        {children && <div className="mt-1.5 flex flex-wrap gap-1.5">{children}</div>}
      </div>
    </div>
  )
}
