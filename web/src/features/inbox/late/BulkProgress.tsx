import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { underWay } from '@/features/inbox/underWay'
import { useFormats } from '@/i18n/format'
import { useStore } from '@/live/store'
import { Button } from '@/ui/Button'
import { stopBulk } from './bulk'

/** How far changes to many conversations are. */
export function BulkProgress() {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const changes = useStore(underWay)
  return (
    <div className="flex shrink-0 flex-col gap-1 border-b border-line bg-raised px-3 py-1.5 text-sm">
      {changes.map((change) => (
        <div key={change.id} className="flex items-center gap-2">
          <progress aria-label={t('work.bulk.title')} max={change.total} value={change.done} className="h-1.5 min-w-0 grow accent-(--accent)" />
          <span className="shrink-0 text-muted tabular-nums">{t('work.bulk.so_far', { done: formats.number(change.done), total: formats.number(change.total) })}</span>
          <Button look="quiet" small onPress={() => void stopBulk(client, change)}>{t('work.bulk.stop')}</Button>
        </div>
      ))}
    </div>
  )
}
