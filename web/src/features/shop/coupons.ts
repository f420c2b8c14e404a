import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get } from '@/api/client'
import type { Coupon, CouponPool, Id, Page } from '@/api/types'

export const couponKeys = { all: ['shop', 'coupons'], pools: ['shop', 'coupons', 'pools'] } as const

export const poolsQuery = queryOptions({ queryKey: couponKeys.pools, queryFn: ({ signal }) => get<Page<CouponPool>>('/coupon-pools', undefined, signal).then((page) => page.items) })
/** The codes of a pool that somebody was given or used, the newest first. */
export const givenQuery = (pool: Id) =>
  infiniteQueryOptions({
    queryKey: [...couponKeys.all, 'given', pool],
    queryFn: ({ pageParam, signal }) => get<Page<Coupon>>('/coupons', { pool_id: pool, used: true, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
