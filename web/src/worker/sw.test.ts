// The worker as it is built, in a stand-in of its world.
import { expect, it, vi } from 'vitest'
import { manifest, offlinePage, workerCode } from './plugin'

type Handler = (event: Record<string, unknown>) => void
interface Tab { url: string; focused: boolean; visibilityState?: string }

/** Runs the worker; events can be sent to it. */
function start(tabs: Tab[] = [], kept: Record<string, string> = {}) {
  const handlers = new Map<string, Handler>()
  const stored = new Map<string, Response>(Object.entries(kept).map(([path, text]) => [path, new Response(text)]))
  const cache = {
    addAll: vi.fn(async () => undefined),
    put: vi.fn(async () => undefined),
    keys: async () => [...stored.keys()].map((path) => new Request(`https://shop.example${path}`)),
    delete: vi.fn(async (request: Request) => stored.delete(new URL(request.url).pathname)),
  }
  const caches = { open: async () => cache, keys: async () => ['rapport-shell-old', 'rapport-assets'], delete: vi.fn(async () => true), match: async (what: string | Request) => stored.get(typeof what === 'string' ? what : new URL(what.url).pathname) }
  const open = tabs.map((tab) => ({ ...tab, focus: vi.fn(async () => undefined), postMessage: vi.fn() }))
  const self = {
    addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
    location: { origin: 'https://shop.example' },
    clients: { matchAll: async () => open, openWindow: vi.fn(async () => undefined) },
    registration: { showNotification: vi.fn(async () => undefined), getNotifications: vi.fn(async () => []) },
  }
  const fetched = vi.fn(async (): Promise<Response> => new Response('fresh'))
  const request = (path: string) => ({ url: `https://shop.example${path}` })
  new Function('self', 'caches', 'fetch', 'Request', workerCode(['assets/new-1.js', 'index.html']))(self, caches, fetched, function (this: object, path: string) { Object.assign(this, request(path)) })
  const send = async (name: string, event: Record<string, unknown>) => {
    let work: unknown
    let answer: unknown
    handlers.get(name)?.({ ...event, waitUntil: (value: unknown) => { work = value }, respondWith: (value: unknown) => { answer = value } })
    await work
    return answer as Promise<Response> | undefined
  }
  const get = (path: string, mode = 'cors') => send('fetch', { request: { url: `https://shop.example${path}`, method: 'GET', mode, headers: new Headers() } })
  const push = (notice: unknown) => send('push', { data: { json: () => notice } })
  return { self, cache, caches, fetched, tabs: open, send, get, push }
}

it('pages come from the network, and the page without a connection when there is none', async () => {
  const worker = start([], { '/offline.html': 'offline' })
  expect(await (await worker.get('/inbox', 'navigate'))?.text()).toBe('fresh')
  worker.fetched.mockRejectedValue(new TypeError('offline'))
  expect(await (await worker.get('/inbox', 'navigate'))?.text()).toBe('offline')
  expect(worker.cache.put).not.toHaveBeenCalled()
})

it('answers of the API are none of its business', async () => {
  const worker = start()
  for (const path of ['/api/v1/session', '/api/v1/media/1', '/webhooks/whatsapp/1', '/manifest.webmanifest']) expect(await worker.get(path)).toBeUndefined()
  expect(await worker.get('/api/v1/media/1', 'navigate')).toBeUndefined()
})

it('hashed files are fetched once, and go when no tab needs them', async () => {
  const worker = start([], { '/assets/old-1.js': 'old', '/assets/new-1.js': 'new' })
  expect(await (await worker.get('/assets/old-1.js'))?.text()).toBe('old')
  expect(worker.fetched).not.toHaveBeenCalled()
  expect(await (await worker.get('/assets/page-2.js'))?.text()).toBe('fresh')
  await worker.send('activate', {})
  expect(worker.caches.delete).toHaveBeenCalledExactlyOnceWith('rapport-shell-old')
  expect(worker.cache.delete).toHaveBeenCalledOnce()
})

it('a notice is said in the language of the person', async () => {
  const worker = start()
  await worker.push({ kind: 'mine', name: 'Amal', lang: 'fr-FR', path: '/inbox/1', tag: '1' })
  expect(worker.self.registration.showNotification).toHaveBeenCalledWith('Amal', expect.objectContaining({ body: 'Nouveau message', tag: '1', data: { path: '/inbox/1' }, silent: false }))
  await worker.push({ kind: 'mention', name: 'Amal', by: 'Lea', text: 'look', lang: 'zh-TW' })
  expect(worker.self.registration.showNotification).toHaveBeenLastCalledWith('Amal', expect.objectContaining({ body: '\u2068Lea\u2069 提到了您\nlook' }))
  await worker.send('push', { data: null })
  expect(worker.self.registration.showNotification).toHaveBeenLastCalledWith('Rapport', expect.objectContaining({ body: 'New message' }))
})

it('what is on screen already makes no noise', async () => {
  const worker = start([{ url: 'https://shop.example/inbox/1', focused: true }])
  await worker.push({ kind: 'mine', name: 'Amal', path: '/inbox/1', tag: '1' })
  expect(worker.self.registration.showNotification).toHaveBeenCalledWith('Amal', expect.objectContaining({ silent: true, renotify: false }))
  expect(worker.self.registration.getNotifications).toHaveBeenCalledWith({ tag: '1' })
})

it('a click goes to the conversation in a tab that is open, else in a new one', async () => {
  const notification = { close: vi.fn(), data: { path: '/inbox/1' } }
  const worker = start([{ url: 'https://shop.example/costs', focused: false }])
  await worker.send('notificationclick', { notification })
  expect(worker.tabs[0]?.postMessage).toHaveBeenCalledWith({ type: 'rapport.open', path: '/inbox/1' })
  expect(worker.self.clients.openWindow).not.toHaveBeenCalled()
  const none = start()
  await none.send('notificationclick', { notification })
  expect(none.self.clients.openWindow).toHaveBeenCalledWith('/inbox/1')
})

it('the page without a connection and the manifest speak every language', () => {
  expect(offlinePage().match(/<main lang=/g)).toHaveLength(8)
  expect(offlinePage()).not.toContain('<!-- words -->')
  expect(JSON.parse(manifest('ru'))).toMatchObject({ id: '/', start_url: '/inbox', lang: 'ru', display: 'standalone' })
})
