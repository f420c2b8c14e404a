import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog as Base, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { cx } from './cx'
import { IconButton } from './IconButton'

interface Props {
  title: string
  isOpen: boolean
  onClose: () => void
  wide?: boolean
  children: ReactNode
}

/** A modal sheet: a card on a desktop, the whole width at the bottom edge of a phone. */
export function Dialog({ title, isOpen, onClose, wide, children }: Props) {
  const { t } = useTranslation()
  return (
    <ModalOverlay isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable className="fixed inset-0 z-40 flex items-end justify-center bg-scrim md:items-start md:p-12">
      <Modal className={cx('appear max-h-full w-full overflow-auto rounded-t-lg border border-line bg-overlay shadow-overlay md:rounded-lg', wide ? 'md:max-w-3xl' : 'md:max-w-md')}>
        <Base className="flex flex-col outline-none">
          <header className="sticky top-0 z-10 flex items-center justify-between gap-2 border-b border-line bg-overlay py-2 ps-4 pe-2">
            <Heading slot="title" className="text-lg">{title}</Heading>
            <IconButton label={t('common.close')} icon={X} onPress={onClose} />
          </header>
          <div className="p-4">{children}</div>
        </Base>
      </Modal>
    </ModalOverlay>
  )
}
