import { useTranslation } from '@/i18n/useTranslation'
import { Button } from './Button'
import { Dialog } from './Dialog'

interface Props {
  title: string
  text: string
  /** What of it is to be seen first: when it will be. */
  detail?: string
  verb: string
  isOpen: boolean
  onClose: () => void
  onConfirm: () => void
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, text, detail, verb, isOpen, onClose, onConfirm }: Props) {
  const { t } = useTranslation()
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      {detail && <p className="mb-2 font-semibold text-strong">{detail}</p>}
      <p>{text}</p>
      <div className="mt-4 flex justify-end gap-2">
        <Button look="quiet" onPress={onClose}>{t('common.cancel')}</Button>
        <Button
          look="danger"
          onPress={() => {
            onConfirm()
            onClose()
          }}
        >
          {verb}
        </Button>
      </div>
    </Dialog>
  )
}
