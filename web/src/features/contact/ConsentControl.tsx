import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ban, Check, CircleHelp } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { ConsentState, Contact, Id } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { errorText } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Pill } from '@/ui/Pill'
import { Segmented } from '@/ui/Segmented'
import { toast } from '@/ui/toast'

const looks = {
  opted_in: { icon: Check, tone: 'positive' },
  opted_out: { icon: Ban, tone: 'danger' },
  unknown: { icon: CircleHelp, tone: 'neutral' },
} as const

/** Whether promotions may be sent; a change asks where the consent comes from, because one day someone will ask. */
export function ConsentControl({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const state = contact.consent.marketing
  const [next, setNext] = useState<ConsentState>(state === 'opted_in' ? 'opted_out' : 'opted_in')
  const [source, setSource] = useState('')
  const [proof, setProof] = useState('')
  const save = useMutation({
    mutationFn: ({ id, marketing }: { id: Id; marketing: ConsentState }) => post(`/contacts/${id}/consents`, { purpose: 'marketing', state: marketing, source: source.trim() || 'agent', proof: proof.trim() || null }),
    // By the time of the answer the page may show another customer.
    onSuccess: (_answer, { id, marketing }) => {
      client.setQueryData<Contact>(keys.contact(id), (old) => old && { ...old, consent: { marketing } })
      void client.invalidateQueries({ queryKey: keys.contact(id) })
      void client.invalidateQueries({ queryKey: keys.consents(id) })
      void client.invalidateQueries({ queryKey: keys.maySend(id) })
      setOpen(false)
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  const { icon, tone } = looks[state] ?? looks.unknown
  return (
    <div className="flex items-center justify-between gap-2 text-sm">
      <span className="text-muted">{t('contact.consent.marketing')}</span>
      <span className="flex items-center gap-1">
        <Pill icon={icon} tone={tone}>{t(`contact.consent.${state}`)}</Pill>
        <Button small look="quiet" onPress={() => setOpen(true)}>{t('common.change')}</Button>
      </span>
      <Dialog title={t('contact.consent.dialog')} isOpen={open} onClose={() => setOpen(false)}>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate({ id: contact.id, marketing: next })
          }}
        >
          <Segmented
            label={t('contact.consent.state')}
            value={next}
            onChange={setNext}
            options={[{ id: 'opted_in', label: t('contact.consent.opted_in') }, { id: 'opted_out', label: t('contact.consent.opted_out') }]}
          />
          <Field label={t('contact.consent.source')} hint={t('contact.consent.source_hint')} value={source} onChange={setSource} />
          <Field label={t('contact.consent.proof')} rows={3} value={proof} onChange={setProof} />
          <Button look="primary" type="submit" isDisabled={save.isPending}>{t('contact.consent.save')}</Button>
        </form>
      </Dialog>
    </div>
  )
}
