import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { CouponPool } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { sum } from '@/features/shop/amount'
import { poolsQuery } from '@/features/shop/coupons'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Ghost } from '@/ui/Ghost'
import { Loading } from '@/ui/Loading'
import { Pill } from '@/ui/Pill'
import { UserText } from '@/ui/UserText'
import { NewPool } from './NewPool'
import { PoolDialog } from './PoolDialog'

/** Pools of codes that rules give to customers, and what became of the codes. */
export function Coupons() {
  const { t } = useTranslation()
  const may = useMe().permissions.includes('shop.manage')
  const query = useQuery(poolsQuery)
  const [adding, setAdding] = useState(false)
  const [opened, setOpened] = useState<string | null>(null)
  const pools = query.data ?? []
  const pool = pools.find((one) => one.id === opened)
  const add = may && <Button onPress={() => setAdding(true)}><Plus size={16} aria-hidden />{t('coupon.add')}</Button>
  return (
    <>
      {query.isPending && <Loading rows={3} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && pools.length === 0 && <Empty ghost={<Ghost rows={2} />} title={t('coupon.empty')} text={t('coupon.empty_text')}>{add}</Empty>}
      {pools.length > 0 && (
        <>
          <ul aria-label={t('shop.coupons')} className="mb-4 border-t border-line">
            {pools.map((one) => <PoolRow key={one.id} pool={one} onOpen={() => setOpened(one.id)} />)}
          </ul>
          {add}
        </>
      )}
      {adding && <NewPool onClose={() => setAdding(false)} />}
      {pool && <PoolDialog pool={pool} mayChange={may} onClose={() => setOpened(null)} />}
    </>
  )
}

/** What a code of a pool takes off. */
export function useWorth(): (pool: CouponPool) => string {
  const { i18n } = useTranslation()
  const formats = useFormats()
  return (pool) => (pool.kind === 'percent' ? formats.percent(Number(pool.value) / 100) : sum(pool.value, pool.currency, i18n.language))
}

function PoolRow({ pool, onOpen }: { pool: CouponPool; onOpen: () => void }) {
  const { t } = useTranslation()
  const worth = useWorth()
  const formats = useFormats()
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-1 py-3">
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-center gap-2">
          <UserText className="min-w-0 truncate font-semibold text-strong">{pool.name}</UserText>
          <span className="tabular-nums">{worth(pool)}</span>
          {!pool.active && <Pill>{t('coupon.off')}</Pill>}
          {pool.active && pool.free === 0 && <Pill tone="danger">{t('coupon.none_left')}</Pill>}
          {pool.active && pool.free > 0 && pool.low && <Pill tone="caution">{t('coupon.low')}</Pill>}
        </p>
        <p className="flex flex-wrap gap-x-3 text-xs text-muted tabular-nums">
          <span>{t('coupon.free', { n: formats.number(pool.free), all: formats.number(pool.total) })}</span>
          <span>{t('coupon.state.issued')}: {formats.number(pool.issued)}</span>
          <span>{t('coupon.state.redeemed')}: {formats.number(pool.redeemed)}</span>
          <span>{t('coupon.state.expired')}: {formats.number(pool.expired)}</span>
        </p>
      </div>
      <Button small look="quiet" aria-label={t('coupon.open_named', { name: pool.name })} onPress={onOpen}>{t('coupon.open')}</Button>
    </li>
  )
}
