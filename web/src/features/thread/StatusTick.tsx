import { CalendarClock, Check, CheckCheck, CircleDashed, CircleHelp, Clock, SendHorizontal, ShieldAlert, ShieldX, TriangleAlert, Undo2, type LucideIcon } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { cx } from '@/ui/cx'

const marks: Record<string, { icon: LucideIcon; tone: string } | undefined> = {
  here: { icon: CircleDashed, tone: 'text-faint' },
  scheduled: { icon: CalendarClock, tone: 'text-info' },
  queued: { icon: Clock, tone: 'text-faint' },
  sending: { icon: SendHorizontal, tone: 'text-faint' },
  held: { icon: ShieldAlert, tone: 'text-caution' },
  unknown: { icon: CircleHelp, tone: 'text-caution' },
  sent: { icon: Check, tone: 'text-faint' },
  delivered: { icon: CheckCheck, tone: 'text-faint' },
  failed: { icon: TriangleAlert, tone: 'text-danger' },
  refused: { icon: ShieldX, tone: 'text-danger' },
  withdrawn: { icon: Undo2, tone: 'text-faint' },
}

const named = ['here', 'scheduled', 'queued', 'held', 'sending', 'unknown', 'sent', 'delivered', 'read', 'failed', 'refused', 'withdrawn'] as const

/** Where a message of ours is: only here, stored, shield, on its way, one tick, two, two filled - each a different shape, never colour alone. */
export function StatusTick({ status, size = 14 }: { status: string; size?: number }) {
  const { t } = useTranslation()
  const known = named.find((name) => name === status)
  if (!known) return null
  const label = t(`status.${known}`)
  if (known === 'read') return <ReadTick label={label} size={size} />
  const mark = marks[known]
  if (!mark) return null
  const { icon: Icon, tone } = mark
  return (
    <span role="img" aria-label={label} title={label} className={cx('inline-flex shrink-0', tone)}>
      <Icon aria-hidden size={size} strokeWidth={2} />
    </span>
  )
}

/** Two ticks on a filled ground. */
function ReadTick({ label, size }: { label: string; size: number }) {
  return (
    <span role="img" aria-label={label} title={label} className="inline-flex shrink-0 text-accent">
      <svg aria-hidden width={size + 4} height={size} viewBox="0 0 22 16" fill="none">
        <rect x="0" y="0.5" width="22" height="15" rx="7.5" fill="currentColor" />
        <path d="m4.5 8.3 2.7 2.7 5-5.5M10.5 10.5l.5.5 5.5-5.5" className="stroke-on-accent" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </span>
  )
}
