import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { keys } from '@/api/keys'
import type { Budget } from '@/api/types'
import { readAmount, typed } from '@/features/cost/amount'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'

/** How much a month may cost, when people are told, and what happens at the end. */
export function EditBudget({ budget, onClose }: { budget: Budget; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [amount, setAmount] = useState(budget.amount_micros === null ? '' : typed(budget.amount_micros))
  const [currency, setCurrency] = useState(budget.currency ?? budget.spent.currency ?? '')
  const [marks, setMarks] = useState(budget.at_percent.join(', '))
  const [end, setEnd] = useState(budget.on_reached)
  const micros = readAmount(amount)
  const percents = marks.split(/[\s,،]+/).filter(Boolean).map(Number)
  const save = useMutation({
    mutationFn: (removed: boolean) => patch<Budget>('/costs/budget', removed ? { amount_micros: null } : { amount_micros: micros, currency: currency.trim().toUpperCase(), at_percent: percents, on_reached: end }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.costs })
      void client.invalidateQueries({ queryKey: keys.doctor })
      onClose()
    },
  })
  return (
    <Dialog title={t('cost.budget')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate(false)
        }}
      >
        <div className="grid grid-cols-[1fr_96px] gap-3">
          <Field label={t('cost.a_month')} ltr isRequired value={amount} onChange={setAmount} placeholder="250" error={amount && micros === null ? t('cost.no_amount') : null} />
          <Field label={t('cost.currency')} ltr isRequired value={currency} onChange={setCurrency} placeholder="USD" maxLength={3} />
        </div>
        <Field label={t('cost.marks')} hint={t('cost.marks_hint')} ltr value={marks} onChange={setMarks} />
        <Select label={t('cost.at_end')} value={end} onChange={setEnd} options={(['warn', 'stop_promotion'] as const).map((id) => ({ id, label: t(`cost.on.${id}`) }))} />
        {save.isError && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={!micros || !currency.trim() || percents.some(Number.isNaN) || save.isPending}>{t('common.save')}</Button>
        {budget.amount_micros !== null && <Button look="quiet" isDisabled={save.isPending} onPress={() => save.mutate(true)}>{t('cost.remove_budget')}</Button>}
      </form>
    </Dialog>
  )
}
