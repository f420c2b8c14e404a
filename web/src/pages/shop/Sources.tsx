import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get, patch, post } from '@/api/client'
import type { Page, ShopSource } from '@/api/types'
import { Button } from '@/ui/Button'
import { Copy } from '@/ui/Copy'
import { Dialog } from '@/ui/Dialog'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Ghost } from '@/ui/Ghost'
import { Loading } from '@/ui/Loading'
import { Pill } from '@/ui/Pill'
import { Segmented } from '@/ui/Segmented'
import { Switch } from '@/ui/Switch'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { Deliveries } from './Deliveries'

export const sourcesKey = ['shop', 'sources'] as const

/** Shops that tell of their orders by themselves. */
export function Sources() {
  const { t } = useTranslation()
  const query = useQuery({ queryKey: sourcesKey, queryFn: ({ signal }) => get<Page<ShopSource>>('/shop-sources', undefined, signal).then((page) => page.items), refetchInterval: 10_000 })
  const [adding, setAdding] = useState(false)
  const [opened, setOpened] = useState<string | null>(null)
  const sources = query.data ?? []
  const source = sources.find((one) => one.id === opened)
  const add = <Button onPress={() => setAdding(true)}><Plus size={16} aria-hidden />{t('source.add')}</Button>
  return (
    <>
      {query.isPending && <Loading rows={2} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && sources.length === 0 && <Empty ghost={<Ghost rows={2} />} title={t('source.empty')} text={t('source.empty_text')}>{add}</Empty>}
      {sources.length > 0 && (
        <>
          <ul aria-label={t('shop.sources')} className="mb-4 border-t border-line">
            {sources.map((one) => <SourceRow key={one.id} source={one} onOpen={() => setOpened(one.id)} />)}
          </ul>
          {add}
        </>
      )}
      {adding && (
        <NewSource
          onClose={(made) => {
            setAdding(false)
            if (made) setOpened(made)
          }}
        />
      )}
      {source && <SourceDialog source={source} onClose={() => setOpened(null)} />}
    </>
  )
}

function SourceRow({ source, onOpen }: { source: ShopSource; onOpen: () => void }) {
  const { t } = useTranslation()
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-1 py-3">
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-center gap-2">
          <UserText className="min-w-0 truncate font-semibold text-strong">{source.name}</UserText>
          <span className="text-sm text-muted">{t(`source.kinds.${source.kind}`)}</span>
          {!source.active && <Pill>{t('source.off')}</Pill>}
          {source.refused_at !== null && (source.last_at === null || source.refused_at > source.last_at) && <Pill tone="danger">{t('source.refused')}</Pill>}
          {source.failed > 0 && <Pill tone="caution">{t('source.failed', { count: source.failed })}</Pill>}
        </p>
        <p className="text-xs text-muted">
          {source.last_at === null ? t('source.nothing') : <>{t('source.last')} <When at={source.last_at} /> <bdi dir="ltr" className="font-mono">{source.last_topic}</bdi></>}
        </p>
      </div>
      <Button small look="quiet" aria-label={t('coupon.open_named', { name: source.name })} onPress={onOpen}>{t('coupon.open')}</Button>
    </li>
  )
}

function NewSource({ onClose }: { onClose: (made?: string) => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [given, setGiven] = useState({ kind: 'shopify' as ShopSource['kind'], name: '', prefix: '', secret: '' })
  const save = useMutation({
    mutationFn: () => post<ShopSource>('/shop-sources', { ...given, name: given.name.trim(), prefix: given.prefix.trim(), secret: given.secret.trim() }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: sourcesKey })
      onClose(made.id)
    },
  })
  return (
    <Dialog title={t('source.add')} isOpen onClose={() => onClose()}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Segmented label={t('source.kind')} options={(['shopify', 'woocommerce'] as const).map((id) => ({ id, label: t(`source.kinds.${id}`) }))} value={given.kind} onChange={(kind) => setGiven((known) => ({ ...known, kind }))} />
        <Field label={t('coupon.name')} value={given.name} onChange={(name) => setGiven((known) => ({ ...known, name }))} maxLength={100} isRequired error={fieldError(save.error, 'name')} />
        <Field label={t('source.prefix')} hint={t('source.prefix_hint')} ltr autoComplete="off" value={given.prefix} onChange={(prefix) => setGiven((known) => ({ ...known, prefix }))} maxLength={12} error={fieldError(save.error, 'prefix')} />
        <Field label={t('source.secret')} hint={t(`source.secret_hint.${given.kind}`)} type="password" ltr autoComplete="off" value={given.secret} onChange={(secret) => setGiven((known) => ({ ...known, secret }))} isRequired error={fieldError(save.error, 'secret')} />
        {save.isError && !isAtField(save.error, ['name', 'prefix', 'secret']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={!given.name.trim() || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}

function SourceDialog({ source, onClose }: { source: ShopSource; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [secret, setSecret] = useState('')
  const [prefix, setPrefix] = useState(source.prefix)
  const change = useMutation({
    mutationFn: (changed: { active?: boolean; prefix?: string; secret?: string }) => patch(`/shop-sources/${source.id}`, changed),
    onSuccess: (_, changed) => {
      if (changed.secret !== undefined) setSecret('')
    },
    onSettled: () => void client.invalidateQueries({ queryKey: sourcesKey }),
  })
  return (
    <Dialog title={source.name} isOpen onClose={onClose}>
      <div className="flex flex-col gap-4">
        <div>
          <Copy label={t('source.url')} value={source.url} />
          <p className="mt-1 text-sm text-muted">{t(`source.how.${source.kind}`)}</p>
        </div>
        <Switch label={t('source.active')} isSelected={source.active} onChange={(active) => change.mutate({ active })} />
        <form
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            change.mutate({ prefix: prefix.trim() })
          }}
        >
          <Field label={t('source.prefix')} hint={t('source.prefix_hint')} ltr autoComplete="off" value={prefix} onChange={setPrefix} maxLength={12} error={fieldError(change.error, 'prefix')} />
          <Button type="submit" small isDisabled={prefix.trim() === source.prefix || change.isPending}>{t('common.save')}</Button>
        </form>
        <form
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            change.mutate({ secret: secret.trim() })
          }}
        >
          <Field label={t('source.new_secret')} type="password" ltr autoComplete="off" value={secret} onChange={setSecret} error={fieldError(change.error, 'secret')} />
          {change.isError && !isAtField(change.error, ['prefix', 'secret']) && <ErrorNote error={change.error} />}
          <Button type="submit" small isDisabled={!secret.trim() || change.isPending}>{t('source.replace')}</Button>
        </form>
        <Deliveries source={source} onGone={onClose} />
      </div>
    </Dialog>
  )
}
