import type { ReactNode } from 'react'
import { cx } from './cx'
import { tint } from './tint'

/** A word that a contact is marked with, in the tag's colour. */
export function TagChip({ name, color, className, children }: { name: string; color: number; className?: string; children?: ReactNode }) {
  return (
    <span className={cx('inline-flex min-h-5 min-w-0 items-center gap-0.5 rounded-full px-2 text-xs', className)} style={tint(color)}>
      <bdi dir="auto" className="truncate">{name}</bdi>
      {children}
    </span>
  )
}
