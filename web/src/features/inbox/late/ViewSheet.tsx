import { useTranslation } from '@/i18n/useTranslation'
import { Dialog } from '@/ui/Dialog'
import { ViewList } from './ViewList'

/** The list of views where there is no room beside the conversations. */
export function ViewSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog title={t('inbox.all_views')} isOpen onClose={onClose}>
      <ViewList onChoose={onClose} />
    </Dialog>
  )
}
