import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'

/** Where a new day begins. */
export function DaySeparator({ at }: { at: number }) {
  const formats = useFormats()
  const now = useNow()
  return (
    <div role="separator" className="flex items-center gap-3 pt-2 text-xs text-muted before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">
      <span className="first-letter:uppercase">{formats.dayName(at, now)}</span>
    </div>
  )
}
