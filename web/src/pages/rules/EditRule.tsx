import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { keys } from '@/api/keys'
import type { GuardSettings } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { toast } from '@/ui/toast'
import { sentence, type Row } from './rows'
import { RuleField } from './RuleField'

/** Changes the settings of one sentence, or gives them back their defaults. */
export function EditRule({ row, settings, onClose }: { row: Row; settings: GuardSettings; onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const [changed, setChanged] = useState<Record<string, unknown>>({})
  const save = useMutation({
    mutationFn: (change: Record<string, unknown>) => patch<GuardSettings>('/guard/policy', change),
    onSuccess: (saved) => {
      client.setQueryData(keys.guardPolicy, saved)
      void client.invalidateQueries({ queryKey: keys.allMaySend })
      toast(t('rules.saved'))
      onClose()
    },
  })
  const fields = settings.fields.filter((field) => row.fields.some((name) => name === field.name))
  const chosen = row.fields.some((name) => settings.chosen.includes(name))
  const usual = sentence(row.id, settings.defaults, { t, formats })
  return (
    <Dialog title={t(`rules.row.${row.id}`)} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (Object.keys(changed).length === 0) onClose()
          else save.mutate(changed)
        }}
      >
        {fields.map((field) => (
          <RuleField
            key={field.name}
            field={field}
            value={field.name in changed ? changed[field.name] : settings.policy[field.name as keyof GuardSettings['policy']]}
            onChange={(value) => setChanged((known) => ({ ...known, [field.name]: value }))}
            error={fieldError(save.error, field.name)}
          />
        ))}
        {save.isError && !isAtField(save.error, row.fields) && <ErrorNote error={save.error} />}
        <p className="text-sm text-muted"><span className="font-semibold">{t('rules.default')}</span> {usual}</p>
        <div className="flex flex-wrap gap-2">
          <Button look="primary" type="submit" isDisabled={save.isPending}>{t('common.save')}</Button>
          {chosen && (
            <Button isDisabled={save.isPending} onPress={() => save.mutate(Object.fromEntries(row.fields.map((name) => [name, null])))}>
              <RotateCcw size={15} aria-hidden className="mirror" />
              {t('rules.reset')}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  )
}
