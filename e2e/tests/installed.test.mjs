// The installed app: what the browser needs to offer it, what is shown without a connection, and notices on this device.
import assert from 'node:assert/strict'
import { settled, violations } from '../lib/browser.mjs'
import { suite } from '../lib/suite.mjs'

const { journey, everywhere } = suite()

/** The worker is there and this page is under it. */
async function underWorker(page, t) {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.reload()
  await settled(page, t)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
}

/** A browser whose push service answers: what it subscribes to leads nowhere. */
function standIn() {
  const kept = { subscription: null }
  const point = 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'
  window.asked = { permission: 0 }
  const ask = Notification.requestPermission.bind(Notification)
  Notification.requestPermission = () => {
    window.asked.permission += 1
    return ask()
  }
  PushManager.prototype.getSubscription = async () => kept.subscription
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    kept.subscription = {
      options: { applicationServerKey: applicationServerKey.buffer },
      toJSON: () => ({ endpoint: 'https://push.example/journey', keys: { p256dh: point, auth: 'BTBZMqHH6r4Tts7J_aSIgg' } }),
      unsubscribe: async () => {
        kept.subscription = null
        return true
      },
    }
    return kept.subscription
  }
}

everywhere('the app can be installed, in the language of the page', {}, async ({ page, demo, locale }) => {
  const href = await page.locator('link[rel=manifest]').getAttribute('href')
  assert.equal(href, locale === 'en' ? '/manifest.webmanifest' : `/manifest.${locale}.webmanifest`)
  const session = await page.context().newCDPSession(page)
  const { errors, data } = await session.send('Page.getAppManifest')
  assert.deepEqual(errors, [])
  const manifest = JSON.parse(data)
  assert.deepEqual([manifest.start_url, manifest.display, manifest.lang], ['/inbox', 'standalone', locale])
  for (const purpose of ['any', 'maskable']) assert.deepEqual(manifest.icons.filter((icon) => icon.purpose === purpose).map((icon) => icon.sizes), ['192x192', '512x512'])
  for (const { src } of manifest.icons) assert.equal((await page.request.get(demo.url + src)).headers()['content-type'], 'image/png')
  assert.equal((await page.request.get(`${demo.url}/icons/apple-touch-icon.png`)).status(), 200)
})

everywhere('without a connection the app says so, and goes on when it is back', {}, async ({ page, t, somebody }) => {
  await underWorker(page, t)
  const kept = await page.evaluate(async () => {
    const names = await caches.keys()
    const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))
    return all.flat()
  })
  assert.ok(kept.some((path) => path.startsWith('/assets/')), 'hashed files are kept')
  const shell = ['/offline.html', '/offline.css', '/boot.js', '/icon.svg']
  assert.deepEqual(kept.filter((path) => !path.startsWith('/assets/') && !shell.includes(path)), [], 'no page and no answer of the API')
  await somebody.context.setOffline(true)
  await page.goto(page.url(), { waitUntil: 'domcontentloaded' })
  await page.getByRole('heading', { name: t('worker.offline') }).waitFor()
  assert.deepEqual(await violations(page), [])
  await somebody.context.setOffline(false)
  await page.getByRole('link', { name: t('worker.retry') }).click()
  await settled(page, t)
})

everywhere('notices are turned on, chosen, tried and turned off', { page: false }, async ({ somebody, t, demo }) => {
  await somebody.context.grantPermissions(['notifications'], { origin: demo.url })
  await somebody.context.addInitScript(standIn)
  const page = await somebody.open('/account')
  await settled(page, t)
  const section = page.getByRole('region', { name: t('notices.title') })
  await section.getByRole('button', { name: t('notices.on') }).waitFor()
  assert.equal(await page.evaluate(() => window.asked.permission), 0, 'nobody is asked before the click')
  await section.getByRole('button', { name: t('notices.on') }).click()
  const hide = section.getByRole('switch', { name: t('notices.want.hide_text') })
  await hide.waitFor()
  assert.equal(await page.evaluate(() => window.asked.permission), 1)
  const devices = async () => (await (await page.request.get(`${demo.url}/api/v1/push`)).json()).devices
  assert.deepEqual((await devices()).map((device) => [device.current, device.wants.hide_text]), [[true, false]])
  await section.getByText(t('notices.want.hide_text')).click()
  await page.waitForFunction(async () => (await (await fetch('/api/v1/push')).json()).devices[0].wants.hide_text)
  await section.getByText(t('notices.this_device'), { exact: true }).waitFor()
  assert.deepEqual(await violations(page), [])
  await section.getByRole('button', { name: t('notices.test') }).click()
  await page.getByText(t('notices.test_failed')).waitFor()
  await section.getByText(t('notices.failing')).waitFor()
  await section.getByRole('button', { name: t('notices.off'), exact: true }).click()
  await section.getByRole('button', { name: t('notices.on') }).waitFor()
  assert.deepEqual(await devices(), [])
})

journey('whoever refuses is told what to do', { page: false }, async ({ somebody, t }) => {
  await somebody.context.addInitScript(() => Object.defineProperty(Notification, 'permission', { get: () => 'denied' }))
  const page = await somebody.open('/account')
  await settled(page, t)
  await page.getByText(t('notices.unable.denied')).waitFor()
})
