import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get, patch, post, remove } from '@/api/client'
import type { Coupon, CouponPool } from '@/api/types'
import { couponKeys, givenQuery } from '@/features/shop/coupons'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { isAtField } from '@/ui/errors'
import { Loading } from '@/ui/Loading'
import { Pill, type Tone } from '@/ui/Pill'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { CodesField, emptyCodes, given } from './CodesField'
import { useWorth } from './Coupons'
import { sentTerms, termFields, TermsFields, termsOf } from './TermsFields'

const tones: Record<Coupon['state'], Tone> = { free: 'neutral', issued: 'info', redeemed: 'positive', expired: 'caution' }

/** Whose faults stand at the field itself. */
const atFields = [...termFields, 'list', 'generate', 'prefix']

/** Gives the reader a file of their own. */
function save(name: string, lines: string[]) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/csv' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** One pool: on or off, more codes, who was given which. */
export function PoolDialog({ pool, mayChange, onClose }: { pool: CouponPool; mayChange: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const formats = useFormats()
  const worth = useWorth()
  const [codes, setCodes] = useState(emptyCodes)
  const [terms, setTerms] = useState(() => termsOf(pool))
  const fresh = () => void client.invalidateQueries({ queryKey: couponKeys.all })
  const turn = useMutation({ mutationFn: (changed: object) => patch(`/coupon-pools/${pool.id}`, changed), onSettled: fresh })
  const add = useMutation({
    mutationFn: () => post<CouponPool>(`/coupon-pools/${pool.id}/codes`, given(codes)),
    onSuccess: (now) => {
      setCodes(emptyCodes)
      toast(t('coupon.added', { count: now.total - pool.total }))
      fresh()
    },
  })
  const drop = useMutation({ mutationFn: () => remove(`/coupon-pools/${pool.id}`), onSuccess: onClose, onSettled: fresh })
  const load = useMutation({ mutationFn: () => get<{ codes: string[] }>(`/coupon-pools/${pool.id}/codes`), onSuccess: (all) => save('codes.csv', ['code', ...all.codes]) })
  return (
    <Dialog title={pool.name} isOpen onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p className="text-sm text-muted">
          {t('coupon.says', { worth: worth(pool), count: pool.per_contact })}
          {pool.valid_days !== null && ` ${t('coupon.says_days', { count: pool.valid_days })}`}
          {pool.valid_to !== null && ` ${t('coupon.says_until', { when: formats.moment(pool.valid_to) })}`}
        </p>
        {mayChange && (
          <>
            <Switch label={t('coupon.active')} isSelected={pool.active} onChange={(active) => turn.mutate({ active })} />
            <form
              className="flex flex-col gap-3"
              onSubmit={(event) => {
                event.preventDefault()
                turn.mutate(sentTerms(terms))
              }}
            >
              <TermsFields terms={terms} onChange={setTerms} error={turn.error} />
              <Button type="submit" isDisabled={turn.isPending}>{t('common.save')}</Button>
            </form>
            <CodesField codes={codes} onChange={setCodes} error={add.error} />
            {[turn, add, drop, load].map((work, place) => work.isError && !isAtField(work.error, atFields) && <ErrorNote key={place} error={work.error} />)}
            <div className="flex flex-wrap gap-2">
              <Button look="primary" isDisabled={add.isPending} onPress={() => add.mutate()}>{t('coupon.fill')}</Button>
              <Button isDisabled={pool.total === 0 || load.isPending} onPress={() => load.mutate()}><Download size={15} aria-hidden />{t('coupon.download')}</Button>
              {pool.issued + pool.redeemed + pool.expired === 0 && <Button look="danger" isDisabled={drop.isPending} onPress={() => drop.mutate()}>{t('coupon.delete')}</Button>}
            </div>
          </>
        )}
        <Given pool={pool} />
      </div>
    </Dialog>
  )
}

function Given({ pool }: { pool: CouponPool }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const query = useInfiniteQuery(givenQuery(pool.id))
  const coupons = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold text-strong">{t('coupon.given')}</h3>
      {query.isPending && <Loading rows={2} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && coupons.length === 0 && <p className="text-sm text-muted">{t('coupon.given_none')}</p>}
      {coupons.length > 0 && (
        <ul aria-label={t('coupon.given')} className="max-h-64 overflow-auto border-t border-line text-sm">
          {coupons.map((coupon) => (
            <li key={coupon.id} className="flex flex-wrap items-center gap-x-2 gap-y-0.5 border-b border-line py-1.5">
              <bdi dir="ltr" className="font-mono text-xs">{coupon.code}</bdi>
              <Pill tone={tones[coupon.state]}>{t(`coupon.state.${coupon.state}`)}</Pill>
              {coupon.contact_id && <Link to="/contacts/$contactId" params={{ contactId: coupon.contact_id }} className="text-accent-ink underline underline-offset-2">{coupon.contact_name ? <UserText>{coupon.contact_name}</UserText> : t('shop.customer')}</Link>}
              {coupon.issued_at !== null && <span className="text-xs text-muted">{formats.moment(coupon.issued_at)}</span>}
              {coupon.order_number && <bdi dir="ltr" className="text-xs text-muted">{coupon.order_number}</bdi>}
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && <Button small onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
    </section>
  )
}
