import { TriangleAlert } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { Button } from './Button'
import { errorText } from './errors'

/** A failure where the content would be, with a way to try again. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  return (
    <div role="alert" className="flex items-center gap-3 rounded-lg bg-danger-soft p-3 text-danger-ink">
      <TriangleAlert size={18} aria-hidden className="shrink-0" />
      <p className="grow wrap-anywhere">{errorText(error, t)}</p>
      {onRetry && <Button small onPress={onRetry}>{t('common.try_again')}</Button>}
    </div>
  )
}
