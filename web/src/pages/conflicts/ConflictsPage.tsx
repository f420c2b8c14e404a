import { Link } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight, ExternalLink, Undo2 } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Conflict, ConflictCounts, Connection, Side } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { Empty } from '@/ui/Empty'
import { Kbd } from '@/ui/Kbd'
import { PageFrame } from '@/ui/PageFrame'
import { SearchBox } from '@/ui/SearchBox'
import { Select } from '@/ui/Select'
import { UserText } from '@/ui/UserText'
import type { ConflictFilter } from './api'
import { Rules } from './Rules'
import { useDesk } from './useDesk'
import { useDeskKeys } from './useDeskKeys'
import { ValueCard } from './ValueCard'
import { fieldText, valueText } from './value'

const every = ''

/** One difference after the other: whose value stays. */
export function ConflictsPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const manages = useMe().permissions.includes('connection.manage')
  const [filter, setFilter] = useState<ConflictFilter>({})
  const [sure, setSure] = useState<{ choice: Side; always: boolean; among: ConflictFilter; number: number } | null>(null)
  const desk = useDesk(useDeferredValue(filter))
  const { current, counts, connections } = desk
  const system = (side: Side, id?: string) => (side === 'ours' ? 'Rapport' : (connections.find((one) => one.id === id)?.name ?? t('conflict.crm')))
  const open = counts.data?.open ?? 0
  const [only] = connections
  const shownBy = filter.connection_id ?? (connections.length === 1 ? only?.id : undefined)
  const among = (one: Conflict) => ({ connection_id: one.connection_id, field: one.field })
  const always = (choice: Side) => {
    if (!current || !manages) return
    const field = counts.data?.fields.find((one) => one.connection_id === current.connection_id && one.field === current.field)
    setSure({ choice, always: true, among: among(current), number: field?.open ?? 1 })
  }
  useDeskKeys({ choose: (side) => manages && desk.choose(side), always, skip: desk.skip, back: desk.back, undo: () => manages && !desk.undo.isPending && desk.undo.mutate() })
  const undoButton = manages && counts.data?.undo && <Button onPress={() => desk.undo.mutate()} isDisabled={desk.undo.isPending}><Undo2 size={15} aria-hidden className="mirror" />{t('conflict.undo')}<span className="max-md:hidden"><Kbd keys={['U']} /></span></Button>
  const isFiltered = Boolean(filter.connection_id || filter.field || filter.q)
  return (
    <PageFrame title={t('conflict.title')} lead={t('conflict.lead')} actions={undoButton}>
      <div className="mb-4 flex flex-wrap items-end gap-3">
        {counts.data && <Filters filter={filter} counts={counts.data} connections={connections} onChange={setFilter} />}
        <SearchBox label={t('conflict.find')} value={filter.q ?? ''} onChange={(q) => setFilter({ ...filter, q: q || undefined })} className="min-w-44 grow" />
      </div>
      <p role="status" className="mb-3 text-sm text-muted tabular-nums">
        {t('conflict.waiting', { number: formats.number(open) })} · {t('conflict.settled_day', { number: formats.number(counts.data?.settled_day ?? 0) })}
      </p>
      <Answered query={desk.list} rows={4}>
        {() => current ? (
          <>
            <Pair conflict={current} name={(side) => system(side, current.connection_id)} isDisabled={!manages} onChoose={desk.choose} />
            {manages && <Learnt conflict={current} counts={counts.data} name={(side) => system(side, current.connection_id)} onAlways={always} />}
            <div className="mt-4 flex flex-wrap gap-2">
              <Button look="quiet" onPress={desk.back} isDisabled={desk.place === 0}><ChevronLeft size={15} aria-hidden className="mirror" />{t('conflict.back')}<Key>K</Key></Button>
              <Button look="quiet" onPress={desk.skip} isDisabled={desk.items.length < 2}>{t('conflict.skip')}<ChevronRight size={15} aria-hidden className="mirror" /><Key>J</Key></Button>
              <span className="grow" />
              {manages && (['ours', 'theirs'] as const).map((side, index) => (
                <Button key={side} onPress={() => always(side)}>{t('conflict.always', { system: isolated(system(side, current.connection_id)) })}<Key>{`⇧${index + 1}`}</Key></Button>
              ))}
            </div>
            {manages && isFiltered && (
              <div className="mt-6 flex flex-wrap items-center gap-2 border-t border-line pt-4">
                <span className="grow text-sm text-muted">{t('conflict.all')}</span>
                {(['ours', 'theirs'] as const).map((side) => (
                  <Button key={side} small onPress={() => setSure({ choice: side, always: false, among: filter, number: desk.items.length })}>{t('conflict.all_side', { system: isolated(system(side, shownBy)) })}</Button>
                ))}
              </div>
            )}
          </>
        ) : <Empty title={t(isFiltered ? 'conflict.none_found' : 'conflict.none')} text={isFiltered ? undefined : t('conflict.none_text')} />}
      </Answered>
      <div className="mt-8">{counts.data && <Rules counts={counts.data} connections={connections} manages={manages} onForget={(rule) => desk.forget.mutate({ connection_id: rule.connection_id, field: rule.field })} />}</div>
      {sure && (
        <Confirm
          title={t(sure.always ? 'conflict.always' : 'conflict.all_side', { system: system(sure.choice, sure.among.connection_id ?? shownBy) })}
          text={t(sure.always ? 'conflict.always_sure' : 'conflict.all_sure', { number: `${formats.number(sure.number)}${!sure.always && desk.list.data?.next_cursor ? '+' : ''}`, field: isolated(fieldText(sure.among.field ?? '')), system: isolated(system(sure.choice, sure.among.connection_id ?? shownBy)) })}
          verb={t('conflict.do_it')}
          isOpen
          onClose={() => setSure(null)}
          onConfirm={() => desk.many.mutate(sure)}
        />
      )}
    </PageFrame>
  )
}

function Key({ children }: { children: string }) {
  return <span className="max-md:hidden"><Kbd keys={[children]} /></span>
}

interface FiltersProps {
  filter: ConflictFilter
  counts: ConflictCounts
  connections: Connection[]
  onChange: (filter: ConflictFilter) => void
}

function Filters({ filter, counts, connections, onChange }: FiltersProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const waiting = counts.fields.filter((one) => one.open > 0 && (!filter.connection_id || one.connection_id === filter.connection_id))
  const fields = new Map<string, number>()
  for (const one of waiting) fields.set(one.field, (fields.get(one.field) ?? 0) + one.open)
  if (filter.field && !fields.has(filter.field)) fields.set(filter.field, 0)
  const options = [...fields].map(([id, number]) => ({ id, label: `${fieldText(id)} · ${formats.number(number)}`, foreign: true }))
  return (
    <>
      {connections.length > 1 && (
        <div className="w-44"><Select label={t('conflict.crm')} hideLabel value={filter.connection_id ?? every} onChange={(id) => onChange({ ...filter, connection_id: id || undefined })} options={[{ id: every, label: t('conflict.every_crm') }, ...connections.map((one) => ({ id: one.id, label: one.name, foreign: true }))]} /></div>
      )}
      <div className="w-44"><Select label={t('conflict.which_field')} hideLabel value={filter.field ?? every} onChange={(id) => onChange({ ...filter, field: id || undefined })} options={[{ id: every, label: t('conflict.every_field') }, ...options]} /></div>
    </>
  )
}

interface PairProps {
  conflict: Conflict
  name: (side: Side) => string
  isDisabled: boolean
  onChoose: (side: Side) => void
}

function Pair({ conflict, name, isDisabled, onChoose }: PairProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const texts = { ours: valueText(conflict.ours), theirs: valueText(conflict.theirs) }
  const base = valueText(conflict.base)
  const sides = ['ours', 'theirs'] as const
  return (
    <section aria-label={t('conflict.one')}>
      <header className="mb-3">
        <h2 className="text-lg"><UserText>{fieldText(conflict.field)}</UserText></h2>
        <p className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
          <Link to="/contacts/$contactId" params={{ contactId: conflict.contact.id }} className="text-accent-ink underline underline-offset-2"><UserText>{conflict.contact.name ?? conflict.contact.phone ?? t('contact.no_name')}</UserText></Link>
          {conflict.contact.phone && conflict.contact.name && <bdi dir="ltr" className="tabular-nums">{conflict.contact.phone}</bdi>}
          {conflict.remote_url && (
            <a href={conflict.remote_url} target="_blank" rel="noreferrer noopener" className="inline-flex items-center gap-1 text-accent-ink underline underline-offset-2">{t('contact.sync.open_remote')}<ExternalLink size={11} aria-hidden className="mirror" /></a>
          )}
        </p>
      </header>
      <div className="grid gap-3 md:grid-cols-2">
        {sides.map((side, index) => (
          <ValueCard
            key={side}
            system={name(side)}
            text={texts[side]}
            other={texts[side === 'ours' ? 'theirs' : 'ours']}
            at={side === 'ours' ? conflict.ours_at : conflict.theirs_at}
            by={side === 'ours' ? conflict.ours_by : null}
            stands={conflict.winner === side}
            keyCap={String(index + 1)}
            isDisabled={isDisabled}
            onChoose={() => onChoose(side)}
          />
        ))}
      </div>
      <p className="mt-2 flex flex-wrap gap-x-3 text-sm text-muted">
        {base && <span>{t('conflict.base')} <UserText className="text-ink">{base}</UserText></span>}
        {conflict.times > 1 && <span>{t('conflict.times', { number: formats.number(conflict.times) })}</span>}
        {conflict.won_by === 'tie' && <span>{t('conflict.tie')}</span>}
      </p>
    </section>
  )
}

interface LearntProps {
  conflict: Conflict
  counts: ConflictCounts | undefined
  name: (side: Side) => string
  onAlways: (side: Side) => void
}

/** What people chose several times in a row may be what they always want. */
function Learnt({ conflict, counts, name, onAlways }: LearntProps) {
  const { t } = useTranslation()
  const side = counts?.fields.find((one) => one.connection_id === conflict.connection_id && one.field === conflict.field)?.learnt
  if (!side) return null
  return (
    <div className="mt-4 flex flex-wrap items-center gap-3 rounded-lg bg-info-soft p-3 text-info-ink">
      <p className="grow">{t('conflict.learnt', { field: isolated(fieldText(conflict.field)), system: isolated(name(side)) })}</p>
      <Button small onPress={() => onAlways(side)}>{t('conflict.do_it')}</Button>
    </div>
  )
}
