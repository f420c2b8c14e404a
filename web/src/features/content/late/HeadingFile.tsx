import { ExternalLink, FileText, Image, MapPin, Video, type LucideIcon } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { UserText } from '@/ui/UserText'
import { fileOf, isRecord, text, type HeadingKind } from '../shape'

interface Props {
  kind: HeadingKind
  /** The provider's heading or heading parameter: `{ [kind]: { id | link, filename, ... } }`. */
  heading: Record<string, unknown>
}

const icons: Record<HeadingKind, LucideIcon> = { image: Image, video: Video, document: FileText, location: MapPin }

/** The picture, film, document or place above a message's words, to the edges of its bubble. */
export function HeadingFile({ kind, heading }: Props) {
  const { t } = useTranslation()
  const [broken, setBroken] = useState(false)
  const url = fileOf(heading, kind)
  const own = url?.startsWith('/') && !broken ? url : null
  const about = isRecord(heading[kind]) ? heading[kind] : {}
  const name = t(`template.media.${kind}`)
  if (kind === 'image' && own) return <img src={own} alt={name} loading="lazy" onError={() => setBroken(true)} className="-mx-1.5 mb-1.5 max-h-56 min-h-24 w-[calc(100%+12px)] max-w-none rounded-md bg-sunken object-cover" />
  // The business's films come without a caption track; the words stand below.
  if (kind === 'video' && own) return <video src={own} controls preload="metadata" dir="ltr" aria-label={name} onError={() => setBroken(true)} className="-mx-1.5 mb-1.5 max-h-56 w-[calc(100%+12px)] max-w-none rounded-md bg-sunken" />
  if (kind === 'location') return <Place name={text(about.name) ?? name} address={text(about.address)} latitude={Number(about.latitude)} longitude={Number(about.longitude)} />
  // A file elsewhere is not fetched: that would tell a third party who reads this.
  const label = <Card icon={icons[kind]} title={text(about.filename) ?? name}>{url && !own && !broken && <bdi dir="ltr" className="flex items-center gap-1 text-xs text-muted"><ExternalLink size={12} aria-hidden className="shrink-0" /><span className="truncate">{host(url)}</span></bdi>}</Card>
  if (!url || broken) return label
  return own ? <a href={own} download={text(about.filename) ?? true} className="block rounded-md hover:bg-hover">{label}</a> : <a href={url} target="_blank" rel="noreferrer noopener" className="block rounded-md hover:bg-hover">{label}</a>
}

function host(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}

function Place({ name, address, latitude, longitude }: { name: string; address: string | null; latitude: number; longitude: number }) {
  const known = Number.isFinite(latitude) && Number.isFinite(longitude)
  return (
    <Card icon={MapPin} title={name}>
      {address && <UserText className="block text-sm text-muted">{address}</UserText>}
      {known && <bdi dir="ltr" className="block text-xs text-muted">{latitude.toFixed(5)}, {longitude.toFixed(5)}</bdi>}
    </Card>
  )
}

function Card({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children?: ReactNode }) {
  return (
    <span className="mb-1.5 flex items-center gap-2.5 rounded-md border border-line bg-raised p-2">
      <span className="grid size-9 shrink-0 place-items-center text-muted"><Icon size={20} strokeWidth={1.75} aria-hidden /></span>
      <span className="min-w-0 text-strong">
        <UserText className="block">{title}</UserText>
        {children}
      </span>
    </span>
  )
}
