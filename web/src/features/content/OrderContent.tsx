import { useTranslation } from '@/i18n/useTranslation'
import type { Content } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { UserText } from '@/ui/UserText'

/** A cart the customer sent: lines, figures aligned, total. */
export function OrderContent({ content }: { content: Extract<Content, { type: 'order' }> }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const total = content.items.reduce((sum, item) => sum + item.price_minor * item.quantity, 0)
  const currency = content.items[0]?.currency ?? 'USD'
  return (
    <div className="min-w-56">
      {content.text && <UserText className="mb-1 block text-strong">{content.text}</UserText>}
      <table className="w-full text-sm">
        <caption className="sr-only">{t('content.order')}</caption>
        <tbody>
          {content.items.map((item, index) => (
            <tr key={index}>
              <td className="pe-2 whitespace-nowrap text-muted">{formats.number(item.quantity)} ×</td>
              <td className="w-full pe-3"><bdi dir="ltr" className="font-mono text-xs">{item.sku}</bdi></td>
              <td className="text-end whitespace-nowrap">{formats.money(item.price_minor * item.quantity, item.currency)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot className="border-t border-line font-semibold text-strong">
          <tr>
            <td colSpan={2} className="pt-1">{t('content.total')}</td>
            <td className="pt-1 text-end whitespace-nowrap">{formats.money(total, currency)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  )
}
