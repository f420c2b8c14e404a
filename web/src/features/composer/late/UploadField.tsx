import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from '@/i18n/useTranslation'
import { upload } from '@/api/client'
import type { MediaKind, Upload } from '@/api/types'
import { errorText, sizeText } from '@/ui/errors'
import { FileField, type ShownFile } from '@/ui/FileField'
import { fileLimits } from '../build/limits'
import { tooLarge } from '../useAttachments'

const accepted = { image: 'image/jpeg,image/png', video: 'video/mp4,video/3gpp', document: undefined } as const

interface Props {
  label: string
  kind: Extract<MediaKind, 'image' | 'video' | 'document'>
  channel: string
  /** What may be chosen, where it is less than the kind allows. */
  accept?: string
  /** The file that is there already, in words. */
  name?: string
  hint?: string
  error?: string | null
  /** The file is there, by this id; both are empty when it was taken away again. */
  onReady: (id: string, name: string) => void
}

/** A file that is sent to the server as soon as it is chosen. Until it is there, the form around it is held back: it still has the old one. */
export function UploadField({ label, kind, channel, accept, name, hint, error, onReady }: Props) {
  const { t } = useTranslation()
  const [file, setFile] = useState<ShownFile | null>(null)
  const [sending, setSending] = useState<ShownFile | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  // Whoever chooses again meanwhile means the later one.
  const turn = useRef(0)
  // What else was written while the file was on its way must not be taken back.
  const ready = useRef(onReady)
  useLayoutEffect(() => {
    ready.current = onReady
  })
  useEffect(() => () => void (turn.current += 1), [])
  const choose = async (chosen: File) => {
    const mine = (turn.current += 1)
    const refused = tooLarge(kind, chosen.size)
    setFailure(refused)
    setSending(refused ? null : chosen)
    if (refused) return
    const form = new FormData()
    form.set('file', chosen, chosen.name)
    try {
      const { id } = await upload<Upload>('/media', form, { channel_id: channel, kind })
      if (mine !== turn.current) return
      // Drawn at once: of two files that arrive together, the second is told to who knows the first.
      flushSync(() => {
        setFile({ name: chosen.name, size: chosen.size })
        setSending(null)
        ready.current(id, chosen.name)
      })
    } catch (problem) {
      if (mine !== turn.current) return
      setFailure(problem)
      setSending(null)
    }
  }
  const remove = () => {
    turn.current += 1
    setSending(null)
    setFailure(null)
    if (!file || sending) return
    setFile(null)
    onReady('', '')
  }
  const shown = sending ?? file ?? (name ? { name } : null)
  const most = t('composer.at_most', { size: sizeText(fileLimits[kind]) })
  return (
    <FileField
      label={label} accept={accept ?? accepted[kind]} file={shown && { name: shown.name, size: shown.size }}
      pending={sending ? t('composer.uploading') : undefined}
      hint={sending ? t('composer.uploading') : shown ? undefined : [hint, most].filter(Boolean).join(' ')}
      error={failure ? errorText(failure, t) : error}
      onChoose={(chosen) => void choose(chosen)} onRemove={sending || file ? remove : undefined}
    />
  )
}
