import { CalendarX2, Download, FileText, ImageOff, LoaderCircle } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Content, Message } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Dialog } from '@/ui/Dialog'
import { AudioPlayer } from './AudioPlayer'
import { RichText } from './RichText'

type Media = Extract<Content, { type: 'media' }>

interface Props {
  content: Media
  message: Message
}

/** A picture, film, voice, sound, file or sticker; says so while it is still being fetched or is gone. */
export function MediaContent({ content, message }: Props) {
  const { media } = message
  const id = media?.id ?? content.media_id
  const url = media?.url ?? (id ? `/api/v1/media/${id}` : null)
  const ready = url !== null && (media === null || media.state === 'stored')
  return (
    <div className="flex flex-col gap-1.5">
      {ready ? <Body content={content} url={url} message={message} /> : <Missing state={media?.state ?? 'failed'} days={media?.kept_days ?? null} />}
      {content.caption && <RichText text={content.caption} />}
    </div>
  )
}

function Missing({ state, days }: { state: 'pending' | 'stored' | 'failed' | 'deleted'; days: number | null }) {
  const { t } = useTranslation()
  const Icon = state === 'pending' ? LoaderCircle : state === 'deleted' ? CalendarX2 : ImageOff
  return (
    <p className="flex items-center gap-2 py-1 text-muted">
      <Icon size={16} strokeWidth={1.75} aria-hidden className="shrink-0" />
      {state === 'pending' ? t('content.media_pending') : state === 'deleted' ? t('content.media_deleted', { count: days ?? 0 }) : t('content.media_failed')}
    </p>
  )
}

function Body({ content, url, message }: { content: Media; url: string; message: Message }) {
  const { t } = useTranslation()
  switch (content.kind) {
    case 'image':
      return <Picture url={url} alt={content.caption ?? t('content.image')} />
    case 'sticker':
      return <img src={url} alt={t('content.sticker')} className="size-32 object-contain" loading="lazy" />
    case 'video':
      // Customers' films come without a caption track; the caption text stands below.
      return <video src={url} controls preload="metadata" dir="ltr" aria-label={t('content.video')} className="max-h-80 max-w-full rounded-md" />
    case 'voice':
    case 'audio':
      return <AudioPlayer url={url} label={content.kind === 'voice' ? t('content.voice') : (content.filename ?? t('content.audio'))} seed={message.id} />
    default:
      return <FileLink url={url} name={content.filename ?? message.media?.filename ?? t('content.document')} size={content.size ?? message.media?.size ?? null} />
  }
}

function Picture({ url, alt }: { url: string; alt: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setOpen(true)} aria-label={t('content.enlarge')} className="-mx-1.5 block cursor-zoom-in">
        <Small url={url} alt={alt} className="max-h-80 min-h-24 max-w-full rounded-md bg-sunken object-cover" />
      </button>
      <Dialog title={t('content.image')} isOpen={open} onClose={() => setOpen(false)} wide>
        <img src={url} alt={alt} className="mx-auto max-h-[75dvh] max-w-full" />
        <a href={url} download className="mt-3 inline-flex items-center gap-1.5 text-accent-ink underline">
          <Download size={14} aria-hidden />
          {t('content.download')}
        </a>
      </Dialog>
    </>
  )
}

/** The small copy; the file itself where none can be made of it. */
function Small({ url, alt, className }: { url: string; alt: string; className: string }) {
  const [whole, setWhole] = useState(false)
  return <img src={whole ? url : `${url}/thumbnail`} alt={alt} loading="lazy" decoding="async" onError={() => setWhole(true)} className={className} />
}

function FileLink({ url, name, size }: { url: string; name: string; size: number | null }) {
  const formats = useFormats()
  return (
    <a href={url} download={name} className="-mx-1 flex min-w-52 items-center gap-2.5 rounded-md p-1 hover:bg-hover">
      <span className="grid size-9 shrink-0 place-items-center rounded-md bg-hover text-muted">
        <FileText size={18} strokeWidth={1.75} aria-hidden />
      </span>
      <span className="min-w-0">
        <bdi dir="auto" className="block truncate text-strong">{name}</bdi>
        {size !== null && <span className="block text-xs text-muted">{formats.bytes(size)}</span>}
      </span>
    </a>
  )
}
