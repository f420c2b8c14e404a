import { X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Message } from '@/api/types'
import { IconButton } from '@/ui/IconButton'
import { UserText } from '@/ui/UserText'

/** The message being answered, above the text. */
export function ReplyBanner({ message, onCancel }: { message: Message; onCancel: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="flex items-center gap-2 border-b border-line ps-3">
      <div className="my-1.5 min-w-0 grow border-s-2 border-accent ps-2 text-sm">
        <span className="block text-xs text-muted">{t('composer.replying_to')}</span>
        <UserText className="block truncate">{message.preview}</UserText>
      </div>
      <IconButton label={t('composer.cancel_reply')} icon={X} onPress={onCancel} />
    </div>
  )
}
