import { useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { useMe } from '@/features/frame/useMe'
import { undoable, underWay } from '@/features/inbox/underWay'
import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'
import { useStore } from '@/live/store'
import { Button } from '@/ui/Button'
import { IconButton } from '@/ui/IconButton'
import { forget, mayUndo, stopBulk, takeBack } from './bulk'

/** How far changes to many conversations are, and the way back from the last one. */
export function BulkProgress() {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const changes = useStore(underWay)
  const last = useStore(undoable)
  const me = useMe()
  const now = useNow()
  // One way back at a time: what is under way may be it.
  const back = changes.length === 0 && mayUndo(last, me.user.id, now) ? last : null
  if (changes.length === 0 && !back) return null
  return (
    <div className="flex shrink-0 flex-col gap-1 border-b border-line bg-raised px-3 py-1.5 text-sm">
      {changes.map((change) => (
        <div key={change.id} className="flex items-center gap-2">
          <progress aria-label={t('work.bulk.title')} max={change.total} value={change.done} className="h-1.5 min-w-0 grow accent-(--accent)" />
          <span className="shrink-0 text-muted tabular-nums">{t('work.bulk.so_far', { done: formats.number(change.done), total: formats.number(change.total) })}</span>
          <Button look="quiet" small onPress={() => void stopBulk(client, change)}>{t('work.bulk.stop')}</Button>
        </div>
      ))}
      {back && (
        <div className="flex items-center gap-1">
          <p className="min-w-0 grow text-muted">{t('work.bulk.changed', { count: back.changed })}</p>
          <Button look="quiet" small onPress={() => void takeBack(client, back)}>{t('work.bulk.undo')}</Button>
          <IconButton label={t('common.close')} icon={X} onPress={() => forget(back.id)} />
        </div>
      )}
    </div>
  )
}
