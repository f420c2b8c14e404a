import { useCallback, useState } from 'react'
import { ApiError, upload } from '@/api/client'
import type { Id, MediaKind, Upload } from '@/api/types'
import { newId } from '@/live/newId'
import { fileLimits } from './build/limits'

export interface Attachment {
  key: string
  file: File
  kind: MediaKind
  state: 'uploading' | 'ready' | 'failed'
  upload: Upload | null
  error: unknown
  /** Object URL of a picture for its thumbnail. */
  preview: string | null
}

/** How WhatsApp will show a file, by its type; anything else goes as a document. */
export function kindOf(mime: string): MediaKind {
  if (mime === 'image/jpeg' || mime === 'image/png') return 'image'
  if (mime === 'image/webp') return 'sticker'
  if (mime === 'video/mp4' || mime === 'video/3gpp') return 'video'
  if (mime.startsWith('audio/')) return 'audio'
  return 'document'
}

/** A file beyond its kind's limit is refused here, with the limit, before a byte of it travels. */
export function tooLarge(kind: MediaKind, size: number): ApiError | null {
  const most = fileLimits[kind]
  if (size > 0 && size <= most) return null
  const problem = size === 0 ? { code: 'file_empty', field: 'file', limit: '1', actual: '0' } : { code: 'file_too_large', field: 'file', limit: String(most), actual: String(size) }
  return new ApiError(422, 'invalid', '', 'file', null, null, [problem])
}

/** Files on their way into a message: uploaded as soon as they are chosen. */
export function useAttachments(channel: Id) {
  const [attachments, setAttachments] = useState<Attachment[]>([])

  const update = useCallback((key: string, part: Partial<Attachment>) => setAttachments((old) => old.map((entry) => (entry.key === key ? { ...entry, ...part } : entry))), [])

  const send = useCallback(
    async (key: string, file: File, kind: MediaKind) => {
      const form = new FormData()
      form.set('file', file, file.name)
      try {
        update(key, { state: 'ready', upload: await upload<Upload>('/media', form, { channel_id: channel, kind }) })
      } catch (error) {
        update(key, { state: 'failed', error })
      }
    },
    [channel, update],
  )

  const add = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        const key = newId()
        const kind = kindOf(file.type)
        const error = tooLarge(kind, file.size)
        const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : null
        setAttachments((old) => [...old, { key, file, kind, state: error ? 'failed' : 'uploading', upload: null, error, preview }])
        if (!error) void send(key, file, kind)
      }
    },
    [send],
  )

  const again = useCallback(
    (entry: Attachment) => {
      const error = tooLarge(entry.kind, entry.file.size)
      update(entry.key, { state: error ? 'failed' : 'uploading', error })
      if (!error) void send(entry.key, entry.file, entry.kind)
    },
    [send, update],
  )

  const drop = useCallback((key: string) => {
    setAttachments((old) => {
      const gone = old.find((entry) => entry.key === key)
      if (gone?.preview) URL.revokeObjectURL(gone.preview)
      return old.filter((entry) => entry.key !== key)
    })
  }, [])

  const clear = useCallback(() => setAttachments([]), [])
  return { attachments, add, again, drop, clear }
}
