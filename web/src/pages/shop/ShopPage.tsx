import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Upload } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Page, Product, ShopOrder, Store } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { shelfQuery, type Shelf } from '@/features/shop/api'
import { sum } from '@/features/shop/amount'
import { OrderLine } from '@/features/shop/OrderLine'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Ghost } from '@/ui/Ghost'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { Segmented } from '@/ui/Segmented'
import { UserText } from '@/ui/UserText'
import { Coupons } from './Coupons'
import { ImportTable } from './ImportTable'
import { Sources } from './Sources'

const shelves = ['orders', 'products', 'stores', 'coupons', 'sources'] as const

/** What the shop tells: orders with their parcels, products, stores. */
export function ShopPage() {
  const { t } = useTranslation()
  const may = useMe().permissions.includes('shop.manage')
  const [shelf, setShelf] = useState<(typeof shelves)[number]>('orders')
  const [importing, setImporting] = useState(false)
  const add = may && <Button look="primary" onPress={() => setImporting(true)}><Upload size={16} aria-hidden />{t('shop.import')}</Button>
  return (
    <PageFrame title={t('shop.title')} lead={t('shop.lead')} actions={add}>
      <div className="mb-4"><Segmented label={t('shop.show')} options={shelves.filter((id) => may || id !== 'sources').map((id) => ({ id, label: t(`shop.${id}`) }))} value={shelf} onChange={setShelf} /></div>
      {shelf === 'orders' && <Orders />}
      {shelf === 'products' && <Products />}
      {shelf === 'stores' && <Stores />}
      {shelf === 'coupons' && <Coupons />}
      {shelf === 'sources' && <Sources />}
      {importing && <ImportTable kind={shelf === 'products' ? 'products' : shelf === 'stores' ? 'stock' : 'orders'} onClose={() => setImporting(false)} />}
    </PageFrame>
  )
}

interface ShelfProps<T> {
  shelf: Shelf
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>
  name: (row: T) => string
  children: (row: T) => ReactNode
}

function Rows<T>({ shelf, query, name, children }: ShelfProps<T>) {
  const { t } = useTranslation()
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading rows={3} />}
      {query.isSuccess && items.length === 0 && <Empty ghost={<Ghost rows={2} />} title={t(`shop.empty.${shelf}`)} text={t(`shop.empty_text.${shelf}`)} />}
      {items.length > 0 && (
        <ul aria-label={t(`shop.${shelf}`)} className="border-t border-line">
          {items.map((row) => <li key={name(row)} className="border-b border-line px-1 py-3">{children(row)}</li>)}
        </ul>
      )}
      {query.hasNextPage && <Button className="mt-4" onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
    </>
  )
}

function Orders() {
  const { t } = useTranslation()
  return (
    <Rows<ShopOrder> shelf="orders" query={useInfiniteQuery(shelfQuery('orders'))} name={(order) => order.number}>
      {(order) => (
        <>
          <OrderLine order={order} />
          <p className="mt-1 text-xs">
            {order.contact_id ? (
              <Link to="/contacts/$contactId" params={{ contactId: order.contact_id }} className="text-accent-ink underline underline-offset-2">{order.contact_name ? <UserText>{order.contact_name}</UserText> : t('shop.customer')}</Link>
            ) : (
              <Pill tone="caution">{t('shop.waits')}</Pill>
            )}
          </p>
        </>
      )}
    </Rows>
  )
}

function Products() {
  const { t, i18n } = useTranslation()
  return (
    <Rows<Product> shelf="products" query={useInfiniteQuery(shelfQuery('products'))} name={(product) => product.sku}>
      {(product) => (
        <>
          <p className="flex items-center gap-2">
            <UserText className="min-w-0 grow truncate font-semibold text-strong">{product.name}</UserText>
            {!product.active && <Pill>{t('shop.not_sold')}</Pill>}
            <span className="tabular-nums">{sum(product.price, product.currency, i18n.language)}</span>
          </p>
          <p className="flex flex-wrap gap-x-3 text-xs text-muted">
            <bdi dir="ltr" className="font-mono">{product.sku}</bdi>
            {product.aliases.length > 0 && <UserText>{product.aliases.join(t('common.list_separator'))}</UserText>}
          </p>
        </>
      )}
    </Rows>
  )
}

function Stores() {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <Rows<Store> shelf="stores" query={useInfiniteQuery(shelfQuery('stores'))} name={(store) => store.key}>
      {(store) => (
        <>
          <UserText className="block font-semibold text-strong">{store.name}</UserText>
          {store.address && <UserText className="block text-sm">{store.address}</UserText>}
          <p className="flex flex-wrap gap-x-3 text-xs text-muted">
            {store.opening_hours && <UserText>{store.opening_hours}</UserText>}
            {store.phone && <bdi dir="ltr">{store.phone}</bdi>}
            <span>{t('shop.in_stock', { n: formats.number(Object.values(store.stock).filter((left) => left > 0).length) })}</span>
            {store.latitude === null && <span>{t('shop.no_place')}</span>}
          </p>
        </>
      )}
    </Rows>
  )
}
