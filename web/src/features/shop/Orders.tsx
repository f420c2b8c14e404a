import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import type { Id } from '@/api/types'
import { Section } from '@/ui/Section'
import { ordersOfQuery } from './api'
import { OrderLine } from './OrderLine'

/** What this customer ordered last, and where the parcels are. Nothing when the shop tells of no order. */
export function Orders({ contact }: { contact: Id }) {
  const { t } = useTranslation()
  const { data: orders = [] } = useQuery(ordersOfQuery(contact))
  if (orders.length === 0) return null
  return (
    <Section title={t('shop.orders')}>
      <ul aria-label={t('shop.orders')} className="flex flex-col gap-3">
        {orders.map((order) => <li key={order.number} className="text-sm"><OrderLine order={order} /></li>)}
      </ul>
    </Section>
  )
}
