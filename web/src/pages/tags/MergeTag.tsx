import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import type { Tag } from '@/api/types'
import { freshTags, tagsQuery } from '@/features/tag/api'
import { isolated } from '@/i18n/direction'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Select'
import { Uses } from './Uses'

/** Makes a tag part of another one. */
export function MergeTag({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data: tags = [] } = useQuery(tagsQuery)
  const [into, setInto] = useState('')
  const merge = useMutation({
    mutationFn: () => post<Tag>(`/tags/${tag.id}/merge`, { into_id: into }),
    onSuccess: onClose,
    onSettled: () => freshTags(client),
  })
  const others = tags.filter((one) => one.id !== tag.id)
  return (
    <Dialog title={t('tag.merge')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-3">
        <p>{t('tag.merge_text', { name: isolated(tag.name) })}</p>
        <Select label={t('tag.merge_into')} value={into} onChange={setInto} options={[{ id: '', label: t('tag.choose') }, ...others.map((one) => ({ id: one.id, label: one.name, foreign: true }))]} />
        <Uses id={tag.id} />
        {merge.isError && <ErrorNote error={merge.error} />}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onPress={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" isDisabled={!into || merge.isPending} onPress={() => merge.mutate()}>{t('tag.merge')}</Button>
        </div>
      </div>
    </Dialog>
  )
}
