import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'

/** From this share of the limit on, the length is shown. */
const near = 0.9

interface Props {
  length: number
  limit: number
  /** The first blank that nothing filled. */
  blank: string | undefined
  onBlank: () => void
}

/** What stands in the way of sending, or soon will: the length near its limit, blanks that want words. */
export function BoxNotes({ length, limit, blank, onBlank }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const over = length > limit
  if (length < limit * near && !blank) return null
  return (
    <div role="status" className="flex flex-wrap items-center justify-between gap-x-3 px-3 pb-1 text-xs">
      {blank && (
        <button type="button" onClick={onBlank} className="min-h-7 cursor-default text-caution-ink underline-offset-2 hover:underline">
          {t('composer.fill_blank', { blank: `\u2068${blank}\u2069` })}
        </button>
      )}
      {length >= limit * near && (
        <span className={over ? 'ms-auto font-semibold text-danger-ink tabular-nums' : 'ms-auto text-muted tabular-nums'}>
          {t(over ? 'composer.too_long' : 'composer.length', { length: formats.number(length), limit: formats.number(limit) })}
        </span>
      )}
    </div>
  )
}
