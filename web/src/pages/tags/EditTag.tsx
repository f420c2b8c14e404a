import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post } from '@/api/client'
import type { Tag } from '@/api/types'
import { freshTags } from '@/features/tag/api'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Switch } from '@/ui/Switch'
import { TagChip } from '@/ui/TagChip'
import { tint } from '@/ui/tint'

const places = [0, 1, 2, 3, 4, 5, 6, 7] as const

/** A tag's name, colour and meaning. */
export function EditTag({ tag, onClose }: { tag: Tag | null; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState(tag?.name ?? '')
  const [color, setColor] = useState(tag?.color ?? 0)
  const [description, setDescription] = useState(tag?.description ?? '')
  const [archived, setArchived] = useState(tag?.archived ?? false)
  const save = useMutation({
    mutationFn: () => {
      const given = { name: name.trim(), color, description: description.trim() || null }
      return tag ? patch<Tag>(`/tags/${tag.id}`, { ...given, archived }) : post<Tag>('/tags', given)
    },
    onSuccess: () => {
      freshTags(client)
      onClose()
    },
  })
  return (
    <Dialog title={t(tag ? 'tag.edit' : 'tag.add')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label={t('tag.name')} value={name} onChange={setName} maxLength={100} isRequired hint={tag ? t('tag.rename_hint') : undefined} error={fieldError(save.error, 'name')} />
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 text-sm font-semibold text-ink">{t('tag.color')}</legend>
          <div className="flex flex-wrap gap-1.5">
            {places.map((place) => (
              <label key={place} className="relative grid size-9 cursor-default place-items-center rounded-full has-checked:ring-2 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent pointer-coarse:size-11" style={tint(place)}>
                <input type="radio" name="color" className="absolute inset-0 cursor-default opacity-0" aria-label={t(`tag.colors.${place}`)} checked={color === place} onChange={() => setColor(place)} />
                {color === place && <Check size={16} aria-hidden />}
              </label>
            ))}
          </div>
        </fieldset>
        {name.trim() && <p className="flex items-center gap-2 text-sm text-muted">{t('tag.looks')} <TagChip name={name.trim()} color={color} className="max-w-60" /></p>}
        <Field label={t('tag.description')} value={description} onChange={setDescription} rows={2} maxLength={500} error={fieldError(save.error, 'description')} />
        {tag && <Switch label={t('tag.archive')} isSelected={archived} onChange={setArchived} />}
        {save.isError && !isAtField(save.error, ['name', 'description']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={!name.trim() || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}
