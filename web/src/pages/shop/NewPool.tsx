import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import type { CouponPool } from '@/api/types'
import { couponKeys } from '@/features/shop/coupons'
import { latinDigits } from '@/i18n/digits'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Segmented } from '@/ui/Segmented'
import { CodesField, emptyCodes, given } from './CodesField'
import { sentTerms, termFields, TermsFields, termsOf } from './TermsFields'

const fields = ['name', 'value', 'currency', ...termFields, 'list', 'generate', 'prefix']

/** Makes a pool with its first codes. */
export function NewPool({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [pool, setPool] = useState({ name: '', kind: 'percent' as CouponPool['kind'], value: '10', currency: '' })
  const [terms, setTerms] = useState(() => termsOf(null))
  const [codes, setCodes] = useState(emptyCodes)
  const set = (name: keyof typeof pool) => (value: string) => setPool((known) => ({ ...known, [name]: value }))
  const save = useMutation({
    mutationFn: () =>
      post<CouponPool>('/coupon-pools', {
        name: pool.name.trim(),
        kind: pool.kind,
        value: latinDigits(pool.value.trim()),
        currency: pool.kind === 'amount' ? pool.currency.trim() : null,
        ...sentTerms(terms),
        codes: given(codes),
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: couponKeys.all })
      onClose()
    },
  })
  const at = (name: string) => fieldError(save.error, name)
  return (
    <Dialog title={t('coupon.add')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label={t('coupon.name')} hint={t('coupon.name_hint')} value={pool.name} onChange={set('name')} maxLength={100} isRequired error={at('name')} />
        <Segmented label={t('coupon.kind')} options={(['percent', 'amount'] as const).map((id) => ({ id, label: t(`coupon.kinds.${id}`) }))} value={pool.kind} onChange={(kind) => setPool((known) => ({ ...known, kind }))} />
        <div className="grid grid-cols-2 items-start gap-3">
          <Field label={t('coupon.value')} inputMode="decimal" ltr value={pool.value} onChange={set('value')} isRequired error={at('value')} />
          {pool.kind === 'amount' && <Field label={t('coupon.currency')} ltr placeholder="USD" value={pool.currency} onChange={set('currency')} maxLength={3} isRequired error={at('currency')} />}
        </div>
        <TermsFields terms={terms} onChange={setTerms} error={save.error} />
        <CodesField codes={codes} onChange={setCodes} error={save.error} />
        {save.isError && !isAtField(save.error, fields) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={!pool.name.trim() || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}
