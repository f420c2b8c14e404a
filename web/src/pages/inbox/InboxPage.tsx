import { useQuery, useQueryClient } from '@tanstack/react-query'
import { memo, Suspense, useDeferredValue, useLayoutEffect, useMemo } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useAction } from '@/actions/registry'
import { keys } from '@/api/keys'
import { conversationQuery } from '@/api/queries'
import type { View } from '@/api/types'
import { ContextPanel } from '@/features/contact/ContextPanel'
import { ConversationList } from '@/features/inbox/ConversationList'
import { FirstSteps } from '@/features/inbox/FirstSteps'
import { ListToolbar } from '@/features/inbox/ListToolbar'
import { undoable, underWay } from '@/features/inbox/underWay'
import { useInbox } from '@/features/inbox/useInbox'
import { ViewTabs } from '@/features/inbox/ViewTabs'
import { ClosingAsk } from '@/features/routing/ClosingAsk'
import { PartingAsk } from '@/features/thread/PartingAsk'
import { ThreadPane } from '@/features/thread/ThreadPane'
import { pageWords } from '@/i18n'
import { prefs, setPrefs } from '@/live/prefs'
import { useStore } from '@/live/store'
import { cx } from '@/ui/cx'
import { later } from '@/ui/later'
import { Logo } from '@/ui/Logo'
import { ActionKeys } from '@/ui/Menu'

const progress = later(() => Promise.all([import('@/features/inbox/late/BulkProgress'), pageWords()]).then(([module]) => module.BulkProgress))
const views = later(() => Promise.all([import('@/features/inbox/late/ViewList'), pageWords()]).then(([module]) => module.ViewList))

/** The inbox: list, thread, context. On a phone one of them at a time. */
export function InboxPage() {
  const { t } = useTranslation()
  const { conversationId, target, change, close } = useInbox()
  const { context, views: viewsShown } = useStore(prefs)
  // On a phone the panel covers the thread: whoever opens a conversation wants to read it first.
  useLayoutEffect(() => {
    if (matchMedia('(max-width: 767.98px)').matches && prefs.get().context) setPrefs({ context: false })
  }, [conversationId])
  const changing = useStore(underWay).length > 0
  const changed = useStore(undoable) !== null
  // A thread that was fetched before comes in the same frame as its row. One that was not follows in the next, and so does the
  // panel beside it: the pressed row answers at once.
  const client = useQueryClient()
  const wanted = useMemo(() => ({ id: conversationId, target }), [conversationId, target])
  const ready = useDeferredValue(wanted)
  const after = conversationId && ready.id ? ready : wanted
  const shown = conversationId && client.getQueryState(keys.messages(conversationId))?.data ? wanted : after
  const show = (view: View) => change({ view: view === 'all' ? undefined : view, status: undefined, sort: undefined })
  useAction('view_mine', () => show('mine'))
  useAction('view_unassigned', () => show('unassigned'))
  useAction('view_all', () => show('all'))
  useAction('view_unread', () => show('unread'))
  useAction('view_mentions', () => show('mentions'))
  useAction('view_unattended', () => show('unattended'))
  useAction('view_closing', () => change({ view: undefined, status: undefined, sort: 'closes_next' }))
  return (
    <main id="main" className="relative flex h-full min-h-0">
      {viewsShown && (
        <aside aria-label={t('inbox.all_views')} className="hidden h-full w-52 shrink-0 overflow-auto border-e border-line bg-paper lg:block">
          <Suspense><views.Part /></Suspense>
        </aside>
      )}
      <section aria-label={t('inbox.title')} className={cx('flex h-full w-full min-w-0 flex-col border-line bg-paper md:w-[340px] md:shrink-0 md:border-e xl:w-[360px]', conversationId && 'max-md:hidden')}>
        <h1 className="sr-only">{t('inbox.title')}</h1>
        <ListToolbar />
        <div className={viewsShown ? 'contents lg:hidden' : 'contents'}><ViewTabs /></div>
        {(changing || changed) && <Suspense><progress.Part /></Suspense>}
        <ConversationList />
      </section>
      <div className={cx('h-full min-w-0 grow bg-sunken', !conversationId && 'max-md:hidden')}>
        {conversationId ? <ThreadPane id={shown.id ?? conversationId} target={shown.target} onClose={close} /> : <FirstSteps><NothingOpen /></FirstSteps>}
      </div>
      <ClosingAsk />
      {conversationId && <PartingAsk conversation={conversationId} />}
      {conversationId && context && <Context conversationId={after.id ?? conversationId} />}
    </main>
  )
}

const Context = memo(function Context({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation()
  const { data } = useQuery(conversationQuery(conversationId))
  return (
    <aside aria-label={t('contact.panel')} className="absolute inset-y-0 end-0 z-20 w-full border-line bg-paper max-xl:shadow-overlay md:w-80 md:border-s xl:static xl:shrink-0">
      {data && <ContextPanel contactId={data.contact.id} conversationId={conversationId} />}
    </aside>
  )
})

/** No conversation chosen: two keys worth learning. */
function NothingOpen() {
  const { t } = useTranslation()
  return (
    <div className="grid h-full place-items-center p-8">
      <div className="flex flex-col items-center gap-4 text-center text-muted">
        <Logo size={44} />
        <p>{t('inbox.choose')}</p>
        <dl className="grid grid-cols-[auto_auto] items-center gap-x-4 gap-y-2 text-start text-sm">
          {(['next', 'previous', 'palette', 'help'] as const).map((name) => (
            <div key={name} className="contents">
              <dt className="justify-self-end"><ActionKeys action={name} /></dt>
              <dd>{t(`action.${name}`)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  )
}
