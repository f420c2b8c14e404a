import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Conversation } from '@/api/types'
import { useConversationPatch } from '@/features/thread/useConversationActions'
import { Avatar } from '@/ui/Avatar'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Loading } from '@/ui/Loading'
import { Select } from '@/ui/Select'
import { UserText } from '@/ui/UserText'
import { categoriesQuery, closingQuery } from './api'

const noteField = 'closing.note'

/** What a conversation was about, and a sentence for colleagues; then it is resolved. */
export function ClosingDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation()
  const { data: settings } = useQuery(closingQuery)
  const { data: categories } = useQuery(categoriesQuery)
  const { mutate, error, isPending } = useConversationPatch(conversation)
  const name = conversation.contact.name ?? conversation.contact.phone ?? t('contact.no_name')
  const [category, setCategory] = useState('none')
  const [note, setNote] = useState('')
  // A category that was put away meanwhile is no choice any more.
  const chosen = categories?.some(({ id }) => id === category) ? category : 'none'
  const missing = (settings?.category_required && chosen === 'none') || (settings?.note_required && !note.trim())
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
            if (missing || isPending) return
            // What was written stays until it is stored.
            mutate({ status: 'resolved', closing: { category_id: chosen === 'none' ? null : chosen, note: note.trim() || null } }, { onSuccess: onClose })
          }}
        >
          <p className="flex min-w-0 items-center gap-2 text-strong">
            <Avatar name={name} color={conversation.contact.avatar_color} size={24} />
            <UserText className="truncate">{name}</UserText>
          </p>
          {error && !isAtField(error, [noteField]) && <ErrorNote error={error} />}
          {options.length > 1 && <Select label={settings.category_required ? t('closing.category') : t('closing.category_optional')} options={options} value={chosen} onChange={setCategory} />}
          <Field label={settings.note_required ? t('closing.note') : t('closing.note_optional')} hint={t('closing.note_hint')} error={fieldError(error, noteField)} value={note} onChange={setNote} rows={3} maxLength={1000} autoFocus={options.length === 1} />
          <Button look="primary" type="submit" isDisabled={Boolean(missing) || isPending}>{t('thread.resolve')}</Button>
        </form>
      )}
    </Dialog>
  )
}
