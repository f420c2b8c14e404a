import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { put } from '@/api/client'
import type { Rate } from '@/api/types'
import { priced, readAmount, typed, useCostWords } from '@/features/cost/amount'
import { isolated } from '@/i18n/direction'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'
import { costsChanged } from './changed'

/** An empty row; its month is not chosen yet. */
export const fresh = (currency: string): Rate => ({ category: 'marketing', market: '', from: '', amount_micros: null, currency, confirmed: false })

/** One price of the card. Category, market and month name the row, so they are fixed once it is there. */
export function EditRate({ rate, isNew, onClose }: { rate: Rate; isNew: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const words = useCostWords()
  const [category, setCategory] = useState(rate.category)
  const [market, setMarket] = useState(rate.market)
  const [from, setFrom] = useState(() => rate.from || new Date().toISOString().slice(0, 7))
  const [amount, setAmount] = useState(rate.amount_micros === null ? '' : typed(rate.amount_micros))
  const [currency, setCurrency] = useState(rate.currency ?? '')
  const [confirmed, setConfirmed] = useState(isNew || rate.confirmed)
  const micros = readAmount(amount)
  const save = useMutation({
    mutationFn: () => put<Rate[]>('/costs/rates', { category, market: market.trim().toUpperCase() || '*', from, amount_micros: micros, currency: currency.trim().toUpperCase() || null, confirmed }),
    onSuccess: () => {
      costsChanged(client)
      onClose()
    },
  })
  return (
    <Dialog title={isNew ? t('cost.add_price') : `${words.category(category)} · ${words.market(market)}`} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        {isNew && (
          <>
            <Select label={t('cost.by.category')} value={category} onChange={setCategory} options={priced.map((id) => ({ id: id as string, label: words.category(id) }))} />
            <div className="grid grid-cols-2 gap-3">
              <Field label={t('cost.by.country')} hint={t('cost.market_hint')} ltr value={market} onChange={setMarket} placeholder="AE" maxLength={2} error={isAtField(save.error, ['market']) ? t('cost.unknown_country', { code: isolated(market.trim().toUpperCase()) }) : null} />
              <Field label={t('cost.from')} hint={t('cost.from_hint')} ltr isRequired value={from} onChange={setFrom} placeholder="2026-10" maxLength={7} />
            </div>
          </>
        )}
        <div className="grid grid-cols-[1fr_96px] gap-3">
          <Field label={t('cost.a_message')} hint={t('cost.a_message_hint')} ltr value={amount} onChange={setAmount} placeholder="0.0000" error={amount && micros === null ? t('cost.no_amount') : null} />
          <Field label={t('cost.currency')} ltr value={currency} onChange={setCurrency} placeholder="USD" maxLength={3} />
        </div>
        <Switch label={t('cost.compared')} isSelected={confirmed} onChange={setConfirmed} />
        {save.isError && !isAtField(save.error, ['market']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={(amount !== '' && micros === null) || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}
