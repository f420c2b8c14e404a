import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { starterLanguages, understandingKeys, type HotWordReport } from '@/features/understanding/api'
import { useFormats } from '@/i18n/format'
import { Chips } from '@/pages/automation/Chips'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { toast } from '@/ui/toast'

/** The lists that the program brings along, by language. */
export function StarterLists({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const [languages, setLanguages] = useState<string[]>(starterLanguages.filter((one) => one === i18n.language.split('-')[0]))
  const take = useMutation({
    mutationFn: () => post<HotWordReport>('/hot-words/starters', { languages }),
    onSuccess: ({ created }) => {
      void client.invalidateQueries({ queryKey: understandingKeys.all })
      toast(t('understanding.starter_done', { number: formats.number(created) }))
      onClose()
    },
  })
  return (
    <Dialog title={t('understanding.starter')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p className="text-sm text-muted">{t('understanding.starter_hint')}</p>
        <Chips label={t('understanding.language')} options={starterLanguages.map((id) => ({ id, label: formats.language(id) }))} value={languages} onChange={setLanguages} />
        {take.isError && <ErrorNote error={take.error} />}
        <Button look="primary" isDisabled={languages.length === 0 || take.isPending} onPress={() => take.mutate()}>{t('understanding.starter_take')}</Button>
      </div>
    </Dialog>
  )
}
