import { ExternalLink } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Shipment } from '@/api/types'
import { type Formats, useFormats } from '@/i18n/format'
import { Pill, type Tone } from '@/ui/Pill'
import { UserText } from '@/ui/UserText'

const tones: Record<Shipment['status'], Tone> = { preparing: 'neutral', in_transit: 'info', out_for_delivery: 'info', delayed: 'caution', ready_for_pickup: 'accent', failed: 'danger', delivered: 'positive', returned: 'neutral' }

function expected({ expected_from: from, expected_to: to }: Shipment, formats: Formats): string | null {
  const first = from ?? to
  if (first === null || first === undefined) return null
  return from && to && to > from ? `${formats.moment(from)} – ${formats.time(to)}` : formats.moment(first)
}

/** The parcels of an order: where each stands, when it comes, where it can be followed. */
export function Parcels({ parcels }: { parcels: Shipment[] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return parcels.map((parcel) => {
    const when = parcel.status === 'delivered' || parcel.status === 'returned' ? null : expected(parcel, formats)
    return (
      <div key={parcel.key} className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-0.5 text-xs text-muted">
        <Pill tone={tones[parcel.status]}>{t(`shop.parcel_status.${parcel.status}`)}</Pill>
        {when && <span>{t('shop.expected', { when })}</span>}
        {parcel.courier && <UserText>{parcel.courier}</UserText>}
        {parcel.tracking_url ? (
          <a href={parcel.tracking_url} target="_blank" rel="noreferrer noopener" aria-label={t('shop.follow', { number: parcel.tracking_number ?? parcel.key })} className="inline-flex min-w-0 items-center gap-1 text-accent-ink underline underline-offset-2">
            <bdi dir="ltr" className="truncate font-mono">{parcel.tracking_number ?? parcel.key}</bdi>
            <ExternalLink size={11} aria-hidden className="mirror" />
          </a>
        ) : (
          parcel.tracking_number && <bdi dir="ltr" className="font-mono">{parcel.tracking_number}</bdi>
        )}
        {parcel.last_event && <UserText className="w-full">{parcel.last_event}</UserText>}
      </div>
    )
  })
}
