import { FileText, RotateCw, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import type { Attachment } from './useAttachments'

interface Props {
  attachments: Attachment[]
  onDrop: (key: string) => void
  onAgain: (key: string) => void
}

/** Files that will go with the message, with their state. */
export function AttachmentStrip({ attachments, onDrop, onAgain }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (attachments.length === 0) return null
  return (
    <ul aria-label={t('composer.attachments')} className="flex flex-wrap gap-2 px-3 pt-2">
      {attachments.map((entry) => (
        <li key={entry.key} className="flex max-w-64 items-center gap-2 rounded-md border border-line bg-sunken p-1">
          {entry.preview ? <img src={entry.preview} alt="" className="size-9 rounded-sm object-cover" /> : <FileText size={18} strokeWidth={1.75} aria-hidden className="m-2 text-muted" />}
          <span className="min-w-0 text-sm">
            <bdi dir="auto" className="block truncate">{entry.name}</bdi>
            <span className={entry.state === 'failed' ? 'block text-xs text-danger-ink' : 'block text-xs text-muted'}>
              {entry.state === 'uploading' && t('composer.uploading')}
              {entry.state === 'ready' && formats.bytes(entry.size)}
              {entry.state === 'failed' && errorText(entry.error, t)}
            </span>
          </span>
          {entry.state === 'failed' && <IconButton label={t('common.try_again')} icon={RotateCw} onPress={() => onAgain(entry.key)} />}
          <IconButton label={t('composer.remove_named', { name: entry.name })} icon={X} onPress={() => onDrop(entry.key)} />
        </li>
      ))}
    </ul>
  )
}
