import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'

/** A moment: relative under a day, then the date; exact on hover. */
export function When({ at, className }: { at: number; className?: string }) {
  const formats = useFormats()
  const now = useNow()
  return (
    <time dateTime={new Date(at).toISOString()} title={formats.exact(at)} className={className}>
      {formats.short(at, Math.max(now, at))}
    </time>
  )
}
