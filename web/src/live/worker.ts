// The installed app's worker: registered once the page stands, listened to when a notice was clicked.
import type { QueryClient } from '@tanstack/react-query'
import { keys } from '@/api/keys'
import type { Me } from '@/api/types'
import type { makeRouter } from '@/router'
import { renew } from './push'

/** Where a notice leads: a page of ours. */
function pathOf(data: unknown): string | null {
  const { type, path } = (data ?? {}) as { type?: unknown; path?: unknown }
  return type === 'rapport.open' && typeof path === 'string' && /^\/(?!\/)/.test(path) ? path : null
}

export function startWorker(router: ReturnType<typeof makeRouter>, client: QueryClient): void {
  // Where it is missing (an http address, a private window) everything else works.
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    const path = pathOf(data)
    if (path) router.history.push(path)
  })
  navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).catch(() => undefined)
  // The person is known by now, or will be after signing in.
  let renewed = ''
  const look = () => {
    const id = client.getQueryData<Me>(keys.me)?.user.id
    if (!id || id === renewed) return
    renewed = id
    renew(id).catch(() => undefined)
  }
  look()
  router.subscribe('onResolved', look)
}
