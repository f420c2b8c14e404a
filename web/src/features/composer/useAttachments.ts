import { useCallback, useState } from 'react'
import { upload } from '@/api/client'
import type { Id, MediaKind, Upload } from '@/api/types'
import { newId } from '@/live/newId'

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

/** Files on their way into a message: uploaded as soon as they are chosen. */
export function useAttachments(channel: Id) {
  const [attachments, setAttachments] = useState<Attachment[]>([])

  const update = useCallback((key: string, part: Partial<Attachment>) => setAttachments((old) => old.map((entry) => (entry.key === key ? { ...entry, ...part } : entry))), [])

  const send = useCallback(
    async (key: string, file: File) => {
      const form = new FormData()
      form.set('file', file, file.name)
      try {
        update(key, { state: 'ready', upload: await upload<Upload>('/media', form, { channel_id: channel }) })
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
        const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : null
        setAttachments((old) => [...old, { key, file, kind: kindOf(file.type), state: 'uploading', upload: null, error: null, preview }])
        void send(key, file)
      }
    },
    [send],
  )

  const again = useCallback(
    (entry: Attachment) => {
      update(entry.key, { state: 'uploading', error: null })
      void send(entry.key, entry.file)
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
