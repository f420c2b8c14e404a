// A browser with a person in it. Every page fails its test when the page itself fails: an uncaught error, a refused resource, a broken policy.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { words } from './words.mjs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']
const executablePath = process.env.CHROMIUM ?? places.find((path) => existsSync(path))
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const results = new URL('../test-results/', import.meta.url).pathname

export const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

export async function startBrowser() {
  if (!executablePath) throw new Error('no Chromium found: install the package chromium, or name one in CHROMIUM')
  return chromium.launch({ executablePath, args })
}

/** Noise that is no fault of the page: what a journey causes on purpose, as the browser words it. */
const expected = [/ERR_INTERNET_DISCONNECTED/, /ERR_NETWORK_CHANGED/, /ERR_FAILED/, /ERR_CONNECTION_(REFUSED|RESET|CLOSED)/, /ERR_INCOMPLETE_CHUNKED/, /the server responded with a status of 4\d\d/]

/** A browser profile of one person, signed in unless `anonymous`. */
export async function person(browser, demo, { locale = 'en', theme = 'light', size = 'wide', email = demo.email, anonymous = false, touch = false } = {}) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: theme === 'dark' ? 'dark' : 'light', hasTouch: touch, reducedMotion: 'reduce', timezoneId: 'Asia/Dubai' })
  const faults = []
  context.on('page', (page) => {
    page.setDefaultTimeout(10_000)
    const open = new Set()
    asked.set(page, open)
    page.on('request', (request) => request.resourceType() === 'fetch' && open.add(request))
    for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => open.delete(request))
    page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' && !expected.some((known) => known.test(message.text()))) faults.push(`console: ${message.text()}`)
    })
  })
  if (!anonymous) {
    const headers = { 'x-rapport-csrf': '1' }
    const signIn = await context.request.post(`${demo.url}/api/v1/session`, { data: { email, password: demo.password }, headers })
    if (!signIn.ok()) throw new Error(`${email} cannot sign in: ${signIn.status()} ${await signIn.text()}`)
    const kept = await context.request.patch(`${demo.url}/api/v1/users/me`, { data: { locale, theme, density: 'comfortable' }, headers })
    if (!kept.ok()) throw new Error(`settings: ${kept.status()} ${await kept.text()}`)
  }
  await context.addInitScript(`location.protocol.startsWith('http') && (localStorage.getItem('rapport.prefs') ?? localStorage.setItem('rapport.prefs', '${JSON.stringify({ locale, theme, density: 'comfortable', context: false })}'))`)
  const open = async (path = '/inbox') => {
    const page = await context.newPage()
    await page.goto(demo.url + path)
    return page
  }
  return { context, open, t: words(locale), locale, faults, close: () => context.close() }
}

/** Requests of a page to the server that are under way; the live feed, which never ends, is none. */
const asked = new WeakMap()

/** The page is there with everything it asked for: its heading stands, no skeleton does, no answer is missing. */
export async function settled(page, t) {
  await page.locator('main h1').first().waitFor({ state: 'attached' })
  for (const end = Date.now() + 10_000; ; ) {
    const isBusy = asked.get(page)?.size > 0 || (await page.locator('main [role=status]').filter({ hasText: t('common.loading') }).count()) > 0
    // What has been answered is drawn with the next frame, and may ask for more.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    if (!isBusy && !(asked.get(page)?.size > 0)) return
    if (Date.now() > end) throw new Error(`${page.url()} is still loading: ${[...(asked.get(page) ?? [])].map((one) => one.url()).join(' ') || 'a skeleton stands'}`)
  }
}

/** Goes to another page as a link does: the program stays, the page is another one, which is known by its own heading. */
export async function visit(page, t, path) {
  await page.locator('main h1').evaluateAll((all) => all.forEach((one) => one.setAttribute('data-seen', '')))
  await page.evaluate((to) => history.pushState(null, '', to), path)
  await page.locator('main h1:not([data-seen])').filter({ hasText: /\S/ }).first().waitFor({ state: 'attached' })
  if (page.url() !== new URL(path, page.url()).href) throw new Error(`${path} led to ${page.url()}`)
  await settled(page, t)
}

/** The parts of the inbox, found as a person or a screen reader finds them. */
export function inbox(page, t) {
  return {
    rows: page.getByRole('list', { name: t('inbox.conversations') }).getByRole('link'),
    row: (name) => page.getByRole('list', { name: t('inbox.conversations') }).getByRole('link', { name }),
    log: page.getByRole('log', { name: t('thread.messages') }),
    message: (text) => page.getByRole('log', { name: t('thread.messages') }).getByRole('article').filter({ hasText: text }),
    box: page.getByRole('textbox', { name: t('composer.message_box') }),
    noteBox: page.getByRole('textbox', { name: t('composer.note_box') }),
    send: page.getByRole('button', { name: t('composer.send'), exact: true }),
    button: (key) => page.getByRole('button', { name: t(key), exact: true }),
  }
}

/** What axe finds wrong with the page as it stands; an empty list is what we want. */
export async function violations(page) {
  // Pages come with their code: what is judged is the page, not the moment before it.
  await page.locator('main, [role=main]').first().waitFor({ state: 'attached' })
  await page.locator('h1').first().waitFor({ state: 'attached' })
  // Nor is the frame in which a button that was pale takes its colour: what ends is waited for.
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    await Promise.allSettled(document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity).map((one) => one.finished))
  })
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe)
  const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.length} x ${nodes[0].target.join(' ')}: ${nodes[0].failureSummary?.split('\n').slice(1, 2).join('').trim()}`)
}

/** A picture of a failed journey, for whoever mends it. */
export async function picture(page, name) {
  mkdirSync(results, { recursive: true })
  await page.screenshot({ path: `${results}${name.replace(/[^\w-]+/g, '-')}.png` }).catch(() => undefined)
}
