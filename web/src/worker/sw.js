// The app's worker: keeps the hashed files of a build, shows a page of its own without a connection, and brings notices.
// Answers of the API are never kept, nor the app's page: that comes from the network, so a new version is there with the next load.
const version = '__VERSION__'
const shell = `rapport-shell-${version}`
const assets = 'rapport-assets'
/** Files of this build under /assets/: whatever else is kept there is old. */
const current = new Set(__ASSETS__)
const shellFiles = ['/offline.html', '/offline.css', '/boot.js', '/icon.svg']
const words = __WORDS__

// No skipWaiting: a tab that is open goes on with the worker it began with.
self.addEventListener('install', (event) => {
  const files = shellFiles.map((path) => new Request(path, { cache: 'reload' }))
  event.waitUntil(caches.open(shell).then((cache) => cache.addAll(files)))
})

// No tab uses the old worker any more: what only it needed goes.
self.addEventListener('activate', (event) => event.waitUntil(tidy()))

async function tidy() {
  for (const name of await caches.keys()) if (name.startsWith('rapport-shell-') && name !== shell) await caches.delete(name)
  const cache = await caches.open(assets)
  for (const request of await cache.keys()) if (!current.has(new URL(request.url).pathname)) await cache.delete(request)
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin || /^\/(api|webhooks)(\/|$)/.test(pathname)) return
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => kept('/offline.html')))
  else if (pathname.startsWith('/assets/')) event.respondWith(hashed(request))
  else if (shellFiles.includes(pathname)) event.respondWith(fetch(request).catch(() => kept(pathname)))
})

async function kept(path) {
  return (await caches.match(path, { cacheName: shell })) ?? Response.error()
}

/** A file that never changes: from here, else fetched once. Parts of a file and failures are not kept. */
async function hashed(request) {
  const known = await caches.match(request, { cacheName: assets })
  if (known) return known
  const answer = await fetch(request)
  if (answer.status === 200 && answer.type === 'basic' && !request.headers.has('range')) {
    const copy = answer.clone()
    // A full disk must not cost anybody the file.
    await caches.open(assets).then((cache) => cache.put(request, copy)).catch(() => undefined)
  }
  return answer
}

self.addEventListener('push', (event) => event.waitUntil(show(event.data)))

/** A notice as the server wrote it; one that cannot be read is shown as news without words. */
function read(data) {
  try {
    return data.json()
  } catch {
    return {}
  }
}

/** The words in the person's language. */
function wordsOf(locale = 'en') {
  const [base, ...rest] = locale.toLowerCase().split(/[-_]/)
  if (base === 'zh') return words[rest.some((part) => /^(hant|tw|hk|mo)$/.test(part)) && !rest.includes('hans') ? 'zh-Hant' : 'zh-Hans']
  return words[base] ?? words.en
}

async function show(data) {
  const notice = read(data)
  const say = wordsOf(notice.lang)
  const by = notice.by ? say.mention.replace('{{name}}', `\u2068${notice.by}\u2069`) : ''
  const body = { mention: [by, notice.text].filter(Boolean).join('\n'), team: notice.text ?? say.team, test: say.test }[notice.kind] ?? notice.text ?? say.message
  const tag = notice.tag ?? 'rapport'
  const seen = await isOpen(notice.path)
  await self.registration.showNotification(notice.name || 'Rapport', {
    body,
    tag,
    lang: notice.lang,
    dir: 'auto',
    icon: '/icons/icon-192.png',
    badge: '/icons/badge-96.png',
    renotify: !seen,
    silent: seen,
    timestamp: notice.at,
    data: { path: notice.path ?? '/inbox' },
  })
  // Browsers want every push to be shown: what is on screen already is shown without a sound, and taken away.
  if (seen) for (const shown of await self.registration.getNotifications({ tag })) shown.close()
}

const windows = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true })

async function isOpen(path) {
  return (await windows()).some((tab) => tab.focused && new URL(tab.url).pathname === path)
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data?.path ?? '/inbox'))
})

/** Goes there in a tab that is open, without loading it again: nothing that was typed is lost. */
async function open(path) {
  const tabs = await windows()
  const tab = tabs.find((one) => one.focused) ?? tabs.find((one) => one.visibilityState === 'visible') ?? tabs[0]
  if (!tab) return self.clients.openWindow(path)
  await tab.focus().catch(() => undefined)
  tab.postMessage({ type: 'rapport.open', path })
}
