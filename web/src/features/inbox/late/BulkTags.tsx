import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { BulkAction, Id } from '@/api/types'
import { TagChoice } from '@/features/tag/TagChoice'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Segmented } from '@/ui/Segmented'

type Side = 'add_tag_ids' | 'remove_tag_ids'

const none: Record<Side, Id[]> = { add_tag_ids: [], remove_tag_ids: [] }

/** Which tags the customers of the picked conversations are given, and which they lose. */
export function BulkTags({ onChoose, onClose }: { onChoose: (action: BulkAction) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [side, setSide] = useState<Side>('add_tag_ids')
  const [chosen, setChosen] = useState(none)
  const other: Side = side === 'add_tag_ids' ? 'remove_tag_ids' : 'add_tag_ids'
  const counted = (text: 'work.bulk.give' | 'work.bulk.take', of: Side) => (chosen[of].length > 0 ? `${t(text)} · ${formats.number(chosen[of].length)}` : t(text))
  // A tag is given or taken away, not both: the later choice counts.
  const choose = (ids: Id[]) => setChosen((old) => ({ ...old, [side]: ids, [other]: old[other].filter((id) => !ids.includes(id)) }))
  return (
    <Dialog title={t('work.bulk.do_tags')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          onChoose(chosen)
        }}
      >
        <Segmented
          label={t('work.bulk.tags')}
          options={[{ id: 'add_tag_ids', label: counted('work.bulk.give', 'add_tag_ids') }, { id: 'remove_tag_ids', label: counted('work.bulk.take', 'remove_tag_ids') }]}
          value={side}
          onChange={setSide}
        />
        <TagChoice key={side} label={t(side === 'add_tag_ids' ? 'macro.kind.add_tags' : 'macro.kind.remove_tags')} gives={side === 'add_tag_ids'} value={chosen[side]} onChange={choose} />
        <Button look="primary" type="submit" isDisabled={chosen.add_tag_ids.length + chosen.remove_tag_ids.length === 0} className="self-end">{t('work.bulk.do_tags')}</Button>
      </form>
    </Dialog>
  )
}
