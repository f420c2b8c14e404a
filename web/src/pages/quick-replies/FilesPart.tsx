import { FileText, Image, Music, Video, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { upload } from '@/api/client'
import type { QuickReplyFile, Upload } from '@/api/types'
import { kindOf, tooLarge } from '@/features/composer/useAttachments'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { IconButton } from '@/ui/IconButton'

/** Most files of a reply. */
const most = 5
const icons: Partial<Record<string, typeof FileText>> = { image: Image, sticker: Image, video: Video, audio: Music, voice: Music }

/** The files that go with a reply: uploaded as soon as they are chosen. */
export function FilesPart({ files, busy, onBusy, onChange }: { files: readonly QuickReplyFile[]; busy: boolean; onBusy: (busy: boolean) => void; onChange: (change: (files: readonly QuickReplyFile[]) => readonly QuickReplyFile[]) => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const input = useRef<HTMLInputElement>(null)
  const [error, setError] = useState<unknown>(null)
  const add = async (chosen: File[]) => {
    onBusy(true)
    setError(null)
    try {
      for (const file of chosen) {
        const kind = kindOf(file.type)
        const refused = tooLarge(kind, file.size)
        if (refused) throw refused
        const form = new FormData()
        form.set('file', file, file.name)
        const made = await upload<Upload>('/media', form, { kind })
        onChange((old) => [...old, { media_id: made.id, kind, mime: made.mime, filename: made.filename, size: made.size, stored: true }])
      }
    } catch (failure) {
      setError(failure)
    } finally {
      onBusy(false)
    }
  }
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 text-sm font-semibold text-ink">{t('quick.files')}</legend>
      <p className="text-xs text-muted">{t('quick.files_hint', { limit: most })}</p>
      {files.length > 0 && (
        <ul aria-label={t('quick.files')} className="flex flex-col gap-1">
          {files.map((file) => {
            const Icon = icons[file.kind] ?? FileText
            return (
              <li key={file.media_id} className="flex min-h-9 items-center gap-2 rounded-md border border-line bg-sunken ps-2">
                <Icon size={16} strokeWidth={1.75} aria-hidden className="shrink-0 text-muted" />
                <bdi dir="auto" className="min-w-0 truncate text-sm">{file.filename}</bdi>
                <span className="shrink-0 text-xs text-muted">{formats.bytes(file.size)}</span>
                {!file.stored && <span className="shrink-0 text-xs text-danger-ink">{t('quick.file_gone')}</span>}
                <span className="grow" />
                <IconButton label={t('quick.drop_file', { name: file.filename })} icon={X} onPress={() => onChange((old) => old.filter((one) => one.media_id !== file.media_id))} />
              </li>
            )
          })}
        </ul>
      )}
      <div>
        <Button small isDisabled={busy || files.length >= most} onPress={() => input.current?.click()}>{t(busy ? 'quick.uploading' : 'quick.add_file')}</Button>
        <input
          ref={input} type="file" multiple hidden aria-label={t('quick.add_file')}
          onChange={(event) => {
            const chosen = [...(event.target.files ?? [])].slice(0, most - files.length)
            event.target.value = ''
            void add(chosen)
          }}
        />
      </div>
      {error !== null && <ErrorNote error={error} />}
    </fieldset>
  )
}
