import { useTranslation } from '@/i18n/useTranslation'
import { Ghost } from './Ghost'

/** A skeleton that waits 200 ms before it shows, so that a fast answer never flashes. */
export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" className="animate-[appear_120ms_200ms_both] p-4">
      <span className="sr-only">{t('common.loading')}</span>
      <Ghost rows={rows} />
    </div>
  )
}
