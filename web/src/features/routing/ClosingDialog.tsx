import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '@/api/types'
import { useConversationPatch } from '@/features/thread/useConversationActions'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Loading } from '@/ui/Loading'
import { Select } from '@/ui/Select'
import { categoriesQuery, closingQuery } from './api'

/** What a conversation was about, and a sentence for colleagues; then it is resolved. */
export function ClosingDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation()
  const { data: settings } = useQuery(closingQuery)
  const { data: categories } = useQuery(categoriesQuery)
  const { mutate } = useConversationPatch(conversation)
  const [category, setCategory] = useState('none')
  const [note, setNote] = useState('')
  const missing = (settings?.category_required && category === 'none') || (settings?.note_required && !note.trim())
  const options = [
    { id: 'none', label: settings?.category_required ? t('closing.choose') : t('closing.no_category') },
    ...(categories ?? []).map(({ id, name }) => ({ id, label: name })),
  ]
  return (
    <Dialog title={t('closing.ask')} isOpen onClose={onClose}>
      {!settings || !categories ? (
        <Loading rows={2} />
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (missing) return
            mutate({ status: 'resolved', closing: { category_id: category === 'none' ? null : category, note: note.trim() || null } })
            onClose()
          }}
        >
          {options.length > 1 && <Select label={settings.category_required ? t('closing.category') : t('closing.category_optional')} options={options} value={category} onChange={setCategory} />}
          <Field label={settings.note_required ? t('closing.note') : t('closing.note_optional')} hint={t('closing.note_hint')} value={note} onChange={setNote} rows={3} maxLength={1000} autoFocus={options.length === 1} />
          <Button look="primary" type="submit" isDisabled={Boolean(missing)}>{t('thread.resolve')}</Button>
        </form>
      )}
    </Dialog>
  )
}
