import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate, Outlet } from '@tanstack/react-router'
import { Suspense, useEffect } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { ActionSheets } from '@/actions/ActionSheets'
import { meQuery } from '@/api/queries'
import { nearest, pageWords, setLanguage } from '@/i18n'
import { startFeed } from '@/live/feed'
import { startOutbox } from '@/live/outbox'
import { setPrefs } from '@/live/prefs'
import { later, useSoon } from '@/ui/later'
import { Loading } from '@/ui/Loading'
import { ConnectionBar } from './ConnectionBar'
import { GlobalActions } from './GlobalActions'
import { PhoneBar } from './PhoneBar'
import { Rail } from './Rail'
import { MeContext } from './useMe'

const words = { load: pageWords }
const ribbon = later(() => Promise.all([import('@/features/practice/PracticeRibbon'), pageWords()]).then(([module]) => module.PracticeRibbon))

/** Everything a signed-in person sees stands in this frame; it also keeps the live feed and the outbox running. */
export function Frame() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data: me } = useQuery(meQuery)
  const user = me?.user
  useSoon(words)
  useEffect(() => {
    if (!user) return
    // The server knows the person's choice; this browser may have been used by another.
    setPrefs({ theme: user.theme, density: user.density, locale: user.locale })
    void setLanguage(nearest(user.locale))
  }, [user])

  useEffect(() => {
    // Another tab went to practice or came back: this one would mix both.
    const follow = ({ key }: StorageEvent) => key === 'rapport.practice' && location.reload()
    addEventListener('storage', follow)
    return () => removeEventListener('storage', follow)
  }, [])

  const id = user?.id
  const cursor = me?.feed_cursor
  useEffect(() => {
    if (!id || cursor === undefined) return
    const feed = startFeed(client, id, cursor)
    const stopOutbox = startOutbox(client, id)
    return () => {
      feed.stop()
      stopOutbox()
    }
    // The cursor only says where to begin; a later one must not restart the feed.
    // eslint-disable-next-line react/exhaustive-deps
  }, [client, id])

  if (!me) return <Navigate to="/sign-in" />
  return (
    <MeContext value={me}>
      <a href="#main" className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:absolute focus:start-2 focus:top-2">{t('frame.skip')}</a>
      <div className="flex h-full flex-col">
        <ConnectionBar />
        {me.practice && <Suspense><ribbon.Part /></Suspense>}
        <div className="flex min-h-0 grow">
          <Rail />
          <div className="min-w-0 grow">
            <Suspense fallback={<Loading />}>
              <Outlet />
            </Suspense>
          </div>
        </div>
        <PhoneBar />
      </div>
      <GlobalActions />
      <ActionSheets />
    </MeContext>
  )
}
