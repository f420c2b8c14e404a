import { useEffect, useMemo } from 'react'
import { ApiError, upload } from '@/api/client'
import type { Id, MediaKind, Upload } from '@/api/types'
import { newId } from '@/live/newId'
import { createStore, useStore } from '@/live/store'
import { fileLimits } from './build/limits'
import { changeDraft, chosenAt, inOrder, type DraftFile } from './drafts'

export interface Attachment {
  key: string
  /** When it was chosen: files keep that order, whichever arrives first. */
  at?: number
  name: string
  size: number
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

/** A file on its way, or one that did not arrive. */
interface Pending {
  conversation: Id
  channel: Id
  key: string
  at: number
  file: File
  kind: MediaKind
  state: 'uploading' | 'failed'
  error: unknown
}

/** They go on, whatever conversation is opened meanwhile. */
const underWay = createStore<readonly Pending[]>([])
/** Object URLs of pictures, as long as this page is open. */
const pictures = new Map<string, string>()

const change = (key: string, part: Partial<Pending>) => underWay.set((old) => old.map((entry) => (entry.key === key ? { ...entry, ...part } : entry)))
const remove = (gone: (entry: Pending) => boolean) => underWay.set((old) => (old.some(gone) ? old.filter((entry) => !gone(entry)) : old))

function forgetPicture(key: string): void {
  const url = pictures.get(key)
  if (url) URL.revokeObjectURL(url)
  pictures.delete(key)
}

async function deliver({ conversation, channel, key, at, file, kind }: Pending): Promise<void> {
  const form = new FormData()
  form.set('file', file, file.name)
  try {
    const made = await upload<Upload>('/media', form, { channel_id: channel, kind })
    // Dropped meanwhile.
    if (!underWay.get().some((entry) => entry.key === key)) return
    const held = changeDraft(conversation, (draft) => ({ ...draft, files: inOrder([...(draft.files ?? []).filter((other) => other.key !== key), { key, at, name: file.name, size: file.size, kind, upload: made }]) }))
    // The box that shows it lets it go once its draft has the file: it is never in neither.
    if (!held) remove((entry) => entry.key === key)
  } catch (error) {
    change(key, { state: 'failed', error })
  }
}

function begin(entry: Pending): Pending {
  const error = tooLarge(entry.kind, entry.file.size)
  if (!error) void deliver(entry)
  return { ...entry, state: error ? 'failed' : 'uploading', error }
}

/** Files on their way into a message: uploaded as soon as they are chosen, then part of the draft. */
export function useAttachments(conversation: Id, channel: Id, files: readonly DraftFile[] | undefined) {
  const all = useStore(underWay)
  useEffect(() => {
    const there = new Set(files?.map((file) => file.key))
    remove((entry) => there.has(entry.key))
  }, [files])
  const attachments = useMemo<Attachment[]>(() => {
    const there = (files ?? []).map((file): Attachment => ({ ...file, state: 'ready', error: null, preview: pictures.get(file.key) ?? (file.kind === 'image' ? `/api/v1/media/${file.upload.id}/thumbnail` : null) }))
    const coming = all.filter((entry) => entry.conversation === conversation && !there.some((file) => file.key === entry.key))
    return inOrder([...there, ...coming.map(({ key, at, kind, state, error, file }): Attachment => ({ key, at, kind, state, error, name: file.name, size: file.size, upload: null, preview: pictures.get(key) ?? null }))])
  }, [files, all, conversation])

  const add = (chosen: Iterable<File>) => {
    const fresh = [...chosen].map((file): Pending => ({ conversation, channel, key: newId(), at: chosenAt(), file, kind: kindOf(file.type), state: 'uploading', error: null }))
    for (const { key, file } of fresh) if (file.type.startsWith('image/')) pictures.set(key, URL.createObjectURL(file))
    underWay.set((old) => [...old, ...fresh.map(begin)])
  }
  const again = (key: string) => underWay.set((old) => old.map((entry) => (entry.key === key ? begin(entry) : entry)))
  const drop = (key: string) => {
    remove((entry) => entry.key === key)
    changeDraft(conversation, (draft) => ({ ...draft, files: draft.files?.filter((file) => file.key !== key) }))
    forgetPicture(key)
  }
  /** After sending: what goes is in the message, what did not arrive is given up. */
  const clear = () => {
    remove((entry) => entry.conversation === conversation)
    for (const { key } of attachments) forgetPicture(key)
  }
  return { attachments, add, again, drop, clear }
}
