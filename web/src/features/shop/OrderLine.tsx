import { useTranslation } from '@/i18n/useTranslation'
import type { ShopOrder } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Pill, type Tone } from '@/ui/Pill'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { sum } from './amount'
import { Parcels } from './Parcels'

const tones: Record<ShopOrder['status'], Tone> = { pending: 'caution', paid: 'neutral', processing: 'neutral', shipped: 'info', delivered: 'positive', cancelled: 'neutral', returned: 'neutral', refunded: 'neutral' }

/** An order: number, state, what was bought, its parcels. */
export function OrderLine({ order }: { order: ShopOrder }) {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  const total = sum(order.total, order.currency, i18n.language)
  return (
    <>
      <p className="flex items-center gap-2">
        <span className="min-w-0 grow truncate font-semibold text-strong"><bdi dir="ltr">{order.number}</bdi></span>
        <Pill tone={tones[order.status]}>{t(`shop.order_status.${order.status}`)}</Pill>
      </p>
      <p className="flex flex-wrap items-baseline gap-x-2 text-xs text-muted">
        {order.items.slice(0, 3).map((item, index) => (
          <span key={index}>
            <UserText>{item.name ?? item.sku ?? ''}</UserText>
            {item.quantity > 1 && ` × ${formats.number(item.quantity)}`}
          </span>
        ))}
        {order.items.length > 3 && <span>{t('shop.more_items', { count: order.items.length - 3 })}</span>}
        {total && <span className="tabular-nums">{total}</span>}
        {order.placed_at !== null && <When at={order.placed_at} />}
      </p>
      <Parcels parcels={order.shipments} />
    </>
  )
}
