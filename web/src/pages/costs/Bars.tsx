import { useTranslation } from '@/i18n/useTranslation'
import type { CostReport } from '@/api/types'
import { useCostWords, useSum } from '@/features/cost/amount'
import { useFormats } from '@/i18n/format'
import { shares } from './share'

/** A row for each group: its name, its share as a bar from zero, its amount. The bar repeats the figure, so it is not read out. */
export function Bars({ report }: { report: CostReport }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const words = useCostWords()
  const shown = useSum()
  if (report.items.length === 0) return <p className="text-muted">{t('cost.nothing')}</p>
  const lengths = shares(report.items)
  const name = (item: CostReport['items'][number]) => {
    if (report.group_by === 'category') return words.category(item.key)
    if (report.group_by === 'country') return words.market(item.key)
    if (report.group_by === 'channel') return item.name ?? t('cost.removed_channel')
    return formats.date(new Date(`${item.key}T12:00:00`).getTime())
  }
  return (
    <table className="w-full border-separate border-spacing-y-1.5 text-sm">
      <caption className="sr-only">{t(`cost.by.${report.group_by}`)}</caption>
      <thead className="sr-only">
        <tr><th scope="col">{t(`cost.by.${report.group_by}`)}</th><th scope="col">{t('cost.messages')}</th><th scope="col">{t('cost.amount')}</th></tr>
      </thead>
      <tbody>
        {report.items.map((item, at) => (
          <tr key={item.key}>
            <th scope="row" className="w-1/4 max-w-28 truncate pe-3 text-start align-top leading-4 font-normal text-ink"><bdi>{name(item)}</bdi></th>
            <td className="w-full">
              <div aria-hidden className="h-4 overflow-hidden rounded-sm bg-sunken">
                <div className="h-full rounded-e-sm bg-(--data-1)" style={{ inlineSize: `${(lengths[at] ?? 0) * 100}%` }} />
              </div>
              <span className="text-xs text-muted">{t('cost.count', { count: item.cost.messages })}{item.cost.free > 0 && ` · ${t('cost.count_free', { count: item.cost.free })}`}</span>
            </td>
            <td className="ps-3 text-end align-top leading-4 font-semibold whitespace-nowrap text-strong tabular-nums">{shown(item.cost)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
