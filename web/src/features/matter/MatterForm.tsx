import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Contact, Id } from '@/api/types'
import { isolated } from '@/i18n/direction'
import { newId } from '@/live/newId'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { minorUnits } from './amount'
import { makeMatter, mattersQuery, type Category, type CasePriority, type Kind, type Target } from './api'

interface Props {
  kind: Kind
  contact: Contact
  conversation: Id
  targets: readonly Target[]
  onClose: () => void
}

const categories = ['quote', 'complaint', 'question', 'other'] as const
const priorities = ['low', 'normal', 'high', 'urgent'] as const
const here = 'here'

/** Makes a deal or a case of a customer. */
export function MatterForm({ kind, contact, conversation, targets, onClose }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  // Pressed twice, it is made once.
  const [clientId] = useState(newId)
  const [title, setTitle] = useState('')
  const [details, setDetails] = useState('')
  const [skus, setSkus] = useState('')
  const [amount, setAmount] = useState('')
  const [currency, setCurrency] = useState('')
  const [category, setCategory] = useState<Category>('question')
  const [priority, setPriority] = useState<CasePriority>('normal')
  const able = targets.filter(({ objects }) => objects.includes(kind))
  const unable = targets.filter(({ objects }) => !objects.includes(kind)).map(({ connection_name: name }) => isolated(name))
  const [target, setTarget] = useState(able[0]?.connection_id ?? here)
  const minor = minorUnits(amount, currency.trim())
  const wrong = minor !== null && Number.isNaN(minor)
  const make = useMutation({
    mutationFn: () =>
      makeMatter(kind, {
        contact_id: contact.id,
        conversation_id: conversation,
        client_id: clientId,
        connection_id: target === here ? null : target,
        title,
        details: details.trim() || null,
        skus: skus.split(/[\n,،、，]/u).map((code) => code.trim()).filter(Boolean),
        ...(kind === 'deal' ? { amount_minor: minor, currency: currency.trim() || null } : { category, priority }),
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: mattersQuery(contact.id).queryKey })
      onClose()
    },
  })
  return (
    <Dialog title={t(`matter.make.${kind}`)} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (title.trim() && !wrong && !make.isPending) make.mutate()
        }}
      >
        <Field label={t('matter.field.title')} value={title} onChange={setTitle} maxLength={120} isRequired autoFocus />
        {kind === 'deal' ? (
          <div className="grid grid-cols-[1fr_7rem] items-start gap-2">
            <Field label={t('matter.field.amount')} inputMode="decimal" ltr value={amount} onChange={setAmount} error={wrong ? t('matter.no_amount') : null} />
            <Field label={t('matter.field.currency')} ltr value={currency} onChange={(code) => setCurrency(code.toUpperCase())} maxLength={3} placeholder="EUR" />
          </div>
        ) : (
          <div className="grid grid-cols-2 items-start gap-2">
            <Select label={t('matter.field.category')} value={category} onChange={setCategory} options={categories.map((id) => ({ id, label: t(`matter.category.${id}`) }))} />
            <Select label={t('matter.field.priority')} value={priority} onChange={setPriority} options={priorities.map((id) => ({ id, label: t(`matter.priority.${id}`) }))} />
          </div>
        )}
        <Field label={t('matter.field.skus')} ltr value={skus} onChange={setSkus} hint={t('matter.skus_hint')} />
        <Field label={t('matter.field.details')} value={details} onChange={setDetails} rows={3} maxLength={4000} />
        {able.length > 1 && <Select label={t('matter.field.target')} value={target} onChange={setTarget} options={able.map(({ connection_id: id, connection_name: label }) => ({ id, label, foreign: true }))} />}
        {able.length === 0 && <p className="text-sm text-muted">{t('matter.only_here')}</p>}
        {unable.length > 0 && <p className="text-xs text-muted">{t(`matter.not_offered.${kind}`, { names: unable.join(', ') })}</p>}
        {make.isError && <ErrorNote error={make.error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={!title.trim() || wrong || make.isPending}>{t(`matter.make.${kind}`)}</Button>
        </div>
      </form>
    </Dialog>
  )
}
