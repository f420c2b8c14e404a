import { MapPin } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Content } from '@/api/types'
import { UserText } from '@/ui/UserText'

/** A place: name, address and a link; no map picture, because that would tell a third party who wrote to us. */
export function LocationContent({ content }: { content: Extract<Content, { type: 'location' }> }) {
  const { t } = useTranslation()
  const place = `${content.latitude.toFixed(5)}, ${content.longitude.toFixed(5)}`
  return (
    <div className="flex items-start gap-2.5">
      <span className="grid size-9 shrink-0 place-items-center rounded-md bg-hover text-muted">
        <MapPin size={18} strokeWidth={1.75} aria-hidden />
      </span>
      <div className="min-w-0">
        <UserText className="block text-strong">{content.name ?? t('content.location')}</UserText>
        {content.address && <UserText className="block text-sm text-muted">{content.address}</UserText>}
        <a
          href={`https://www.openstreetmap.org/?mlat=${content.latitude}&mlon=${content.longitude}#map=16/${content.latitude}/${content.longitude}`}
          target="_blank"
          rel="noreferrer noopener"
          className="text-sm text-accent-ink underline underline-offset-2"
        >
          <bdi dir="ltr">{place}</bdi>
        </a>
      </div>
    </div>
  )
}
