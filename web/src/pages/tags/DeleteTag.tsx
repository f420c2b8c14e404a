import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { remove } from '@/api/client'
import type { Tag } from '@/api/types'
import { freshTags } from '@/features/tag/api'
import { isolated } from '@/i18n/direction'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Uses } from './Uses'

/** Removes a tag, after telling where it is used. */
export function DeleteTag({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const drop = useMutation({
    mutationFn: () => remove(`/tags/${tag.id}`),
    onSuccess: onClose,
    onSettled: () => freshTags(client),
  })
  return (
    <Dialog title={t('tag.delete')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-3">
        <p>{t('tag.delete_text', { name: isolated(tag.name) })}</p>
        <Uses id={tag.id} />
        {drop.isError && <ErrorNote error={drop.error} />}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onPress={onClose}>{t('common.cancel')}</Button>
          <Button look="danger" isDisabled={drop.isPending} onPress={() => drop.mutate()}>{t('tag.delete')}</Button>
        </div>
      </div>
    </Dialog>
  )
}
