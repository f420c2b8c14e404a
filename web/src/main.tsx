import '@fontsource-variable/inter'
import '@fontsource/ibm-plex-sans-arabic/arabic-400.css'
import '@fontsource/ibm-plex-sans-arabic/arabic-600.css'
import './ui/base.css'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nProvider } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError } from '@/api/client'
import { languageOf, startI18n } from '@/i18n'
import { startClock } from '@/live/clock'
import { startPrefs } from '@/live/prefs'
import { makeRouter } from '@/router'
import { Toasts } from '@/ui/Toasts'

/** A session that ended elsewhere leads to the sign-in page and back to the same place afterwards. */
function onError(error: unknown): void {
  const { pathname } = window.location
  if (!(error instanceof ApiError) || error.status !== 401 || pathname === '/sign-in') return
  client.clear()
  void router.navigate({ to: '/sign-in', search: { to: pathname } })
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500),
      refetchOnWindowFocus: false,
      // Old content stays on screen while new content is fetched.
      gcTime: 30 * 60_000,
    },
    mutations: { networkMode: 'always' },
  },
})
const router = makeRouter(client)

function App() {
  const { i18n } = useTranslation()
  return (
    <I18nProvider locale={languageOf(i18n.language).locale}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </I18nProvider>
  )
}

startPrefs()
startClock()
await startI18n(document.documentElement.lang)
const mount = document.getElementById('root')
if (mount) {
  createRoot(mount).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
// Late, and not needed for anything that is on screen.
void import('@/live/worker').then((late) => late.startWorker(router, client)).catch(() => undefined)
