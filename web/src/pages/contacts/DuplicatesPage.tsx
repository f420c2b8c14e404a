import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { keys } from '@/api/keys'
import type { Suggestion } from '@/api/types'
import { decide, most, sameCountsQuery, sameQuery, takeBack, type Choice, type Decided, type Pair } from '@/features/contact/late/same'
import { Lines, Reasons } from '@/features/contact/late/SamePair'
import { useMe } from '@/features/frame/useMe'
import { useFormats } from '@/i18n/format'
import { useTurns } from '@/pages/conflicts/useDesk'
import { useDeskKeys } from '@/pages/conflicts/useDeskKeys'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { Empty } from '@/ui/Empty'
import { errorText } from '@/ui/errors'
import { Kbd } from '@/ui/Kbd'
import { PageFrame } from '@/ui/PageFrame'
import { toast } from '@/ui/toast'

/** From this score on pairs are merged in one go, in percent: the same number or mailbox. */
const sureFrom = 90
const keyOf = ({ keep, other }: Suggestion) => [keep.id, other.id].toSorted().join()

/** One pair after the other: one person, or two. */
export function DuplicatesPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMe().permissions.includes('contact.write')
  const desk = useDuplicates()
  const { current } = desk
  const [asking, setAsking] = useState(false)
  const choose = (side: 'ours' | 'theirs') => {
    if (!current || !may) return
    const [keep, other] = side === 'ours' ? [current.keep.id, current.other.id] : [current.other.id, current.keep.id]
    desk.choose('merge', { keep, other })
  }
  const apart = () => current && may && desk.choose('apart', { keep: current.keep.id, other: current.other.id })
  useDeskKeys({ choose, apart, skip: desk.skip, back: desk.back, undo: () => may && desk.undo() })
  const sure = desk.items.filter((one) => one.score >= sureFrom)
  const undo = may && desk.canUndo && <Button onPress={desk.undo}><Undo2 size={15} aria-hidden className="mirror" />{t('thread.take_back')}<Key>U</Key></Button>
  return (
    <PageFrame title={t('same.page')} lead={t('same.lead')} actions={undo}>
      <p role="status" className="mb-3 text-sm text-muted tabular-nums">{t('conflict.waiting', { number: formats.number(desk.open) })}</p>
      <Answered query={desk.list} rows={5}>
        {() => current ? (
          <>
            <section aria-label={t('same.one')} className="flex flex-col gap-3">
              <Reasons suggestion={current} />
              <div className="flex flex-wrap gap-2">
                <Button look="quiet" onPress={desk.back} isDisabled={desk.place === 0}><ChevronLeft size={15} aria-hidden className="mirror" />{t('conflict.back')}<Key>K</Key></Button>
                <Button look="quiet" onPress={desk.skip} isDisabled={desk.items.length < 2}>{t('conflict.skip')}<ChevronRight size={15} aria-hidden className="mirror" /><Key>J</Key></Button>
                <span className="grow" />
                {may && <Button onPress={apart}>{t('same.apart')}<Key>A</Key></Button>}
              </div>
              <Lines
                sides={[current.keep, current.other]}
                head={(side) => may && <Button small look={side === 0 ? 'primary' : 'outline'} onPress={() => choose(side === 0 ? 'ours' : 'theirs')}>{t('same.keep')}<Key>{String(side + 1)}</Key></Button>}
              />
              <p className="text-sm text-muted">{t('same.hint')}</p>
            </section>
            {may && sure.length > 1 && (
              <div className="mt-6 flex flex-wrap items-center gap-2 border-t border-line pt-4">
                <span className="grow text-sm text-muted">{t('same.sure', { number: formats.number(sure.length), score: formats.percent(sureFrom / 100) })}</span>
                <Button small onPress={() => setAsking(true)}>{t('same.merge_all')}</Button>
              </div>
            )}
          </>
        ) : <Empty title={t('same.none')} text={t('same.none_text')} />}
      </Answered>
      {asking && <Confirm title={t('same.merge_all')} text={t('same.all_text', { number: formats.number(sure.length) })} verb={t('same.merge')} isOpen onClose={() => setAsking(false)} onConfirm={() => desk.many(sure)} />}
    </PageFrame>
  )
}

function Key({ children }: { children: string }) {
  return <span className="max-md:hidden"><Kbd keys={[children]} /></span>
}

interface Done {
  choice: Choice
  pairs: Pair[]
  merges: Promise<Decided>
}

/** The queue of pairs: the next one is there in the same frame, the server is told in turn. */
function useDuplicates() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const list = useQuery(sameQuery)
  const counts = useQuery(sameCountsQuery)
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set())
  const [at, setAt] = useState(0)
  const [done, setDone] = useState<Done[]>([])
  const refresh = () => Promise.all([keys.contactsAll, keys.conversations].map((queryKey) => client.invalidateQueries({ queryKey })))
  const { inTurn } = useTurns(() => refresh().then(() => setGone(new Set())))
  const onError = (error: unknown) => toast(errorText(error, t), 'danger')
  const items = (list.data?.items ?? []).filter((one) => !gone.has(keyOf(one)))
  const place = Math.min(at, Math.max(0, items.length - 1))
  const current: Suggestion | undefined = items[place]

  function told(choice: Choice, pairs: Pair[]): Promise<Decided> {
    const merges = inTurn(() => decide(choice, pairs))
    setGone((old) => new Set([...old, ...pairs.map(({ keep, other }) => [keep, other].toSorted().join())]))
    setDone((old) => [...old, { choice, pairs, merges }])
    setAt(place)
    return merges
  }
  const choose = (choice: Choice, pair: Pair) =>
    void told(choice, [pair]).then(({ refused: [refused] }) => refused && toast(refused.detail, 'danger')).catch(onError)
  const many = (found: Suggestion[]) =>
    void told('merge', found.slice(0, most).map(({ keep, other }) => ({ keep: keep.id, other: other.id })))
      .then((part) => toast(t(part.refused.length > 0 ? 'same.done_but' : 'same.done', { number: part.done, refused: part.refused.length })))
      .catch(onError)
  function undo(): void {
    const last = done.at(-1)
    if (!last) return
    setDone((old) => old.slice(0, -1))
    inTurn(() => last.merges.then(({ merges }) => takeBack(last.choice, last.pairs, merges)))
      .then(() => toast(t('same.undone')))
      .catch(onError)
  }
  const open = Math.max(0, (counts.data?.open ?? items.length) - gone.size)
  return { list, items, current, place, open, choose, many, undo, canUndo: done.length > 0, skip: () => setAt(items.length ? (place + 1) % items.length : 0), back: () => setAt(Math.max(0, place - 1)) }
}
