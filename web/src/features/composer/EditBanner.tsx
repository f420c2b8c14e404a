import { Pencil, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { IconButton } from '@/ui/IconButton'

/** Says that the box holds a message that has not gone out. */
export function EditBanner({ onCancel }: { onCancel: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="flex items-center gap-2 border-b border-line bg-info-soft ps-3 text-sm text-info-ink">
      <Pencil size={14} aria-hidden className="shrink-0" />
      <span className="grow">{t('composer.editing')}</span>
      <IconButton label={t('composer.stop_editing')} icon={X} onPress={onCancel} />
    </div>
  )
}
