import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get } from '@/api/client'
import { keys } from '@/api/keys'
import type { Id, Page, Product, ShopOrder, Store } from '@/api/types'

/** The last orders of a customer. The key stands beneath one that is asked anew whenever the contact changes. */
export const ordersOfQuery = (contact: Id) =>
  queryOptions({ queryKey: [...keys.consents(contact), 'orders'], queryFn: ({ signal }) => get<Page<ShopOrder>>('/orders', { contact_id: contact, limit: 10 }, signal).then((page) => page.items), staleTime: 60_000 })

/** What the shop page lists. */
export interface Shelves {
  orders: ShopOrder
  products: Product
  stores: Store
}
export type Shelf = keyof Shelves

export const shelfQuery = <S extends Shelf>(shelf: S) =>
  infiniteQueryOptions({
    queryKey: ['shop', shelf] as const,
    queryFn: ({ pageParam, signal }) => get<Page<Shelves[S]>>(`/${shelf}`, { cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
