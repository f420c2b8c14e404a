// Takes pictures of the pages against the mock server and runs axe on them: `node dev/shots.mjs [folder] [filter]`.
// ORIGIN, LOGIN ("address password") and TOKEN point it at a real server, e.g. `rapport demo`.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const folder = process.argv[2] ?? 'shots'
const only = process.argv[3] ?? ''
const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8090'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
mkdirSync(folder, { recursive: true })

const sizes = { wide: [1440, 900], mid: [1024, 768], phone: [390, 844] }
const headers = { 'content-type': 'application/json', 'x-rapport-csrf': '1', ...(process.env.TOKEN ? { authorization: `Bearer ${process.env.TOKEN}` } : {}) }
const read = async (path) => (await fetch(`${origin}/api/v1${path}`, { headers })).json()
const first = (await read('/conversations?view=all&limit=20')).items
const closed = first.find((row) => row.window_expires_at < Date.now()) ?? first[1]
const pages = {
  inbox: '/inbox', thread: `/inbox/${first[0].id}`, closed: `/inbox/${closed.id}`, contacts: '/contacts', contact: `/contacts/${first[0].contact.id}`, channels: '/channels',
  channel: `/channels/${first[0].channel.id}`, connections: '/connections', connection: null, team: '/team', account: '/account', health: '/health', search: '/search?q=available', signin: '/sign-in',
}
const connection = (await read('/connections')).items?.[0]
if (connection) pages.connection = `/connections/${connection.id}`
else delete pages.connection
const variants = [['wide', 'light', 'en'], ['wide', 'dark', 'en'], ['wide', 'light', 'ar'], ['mid', 'light', 'en'], ['mid', 'dark', 'ar'], ['phone', 'light', 'en'], ['phone', 'dark', 'ar']]

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
let failures = 0
for (const [size, theme, locale] of variants) {
  const name = `${size}-${theme}-${locale}`
  const context = await browser.newContext({ viewport: { width: sizes[size][0], height: sizes[size][1] }, colorScheme: theme, bypassCSP: false })
  if (process.env.LOGIN) {
    const [email, password] = process.env.LOGIN.split(' ')
    await context.request.post(`${origin}/api/v1/session`, { data: { email, password }, headers })
  }
  await context.request.patch(`${origin}/api/v1/users/me`, { data: { locale, theme, density: process.env.DENSITY ?? 'comfortable' }, headers: { 'x-rapport-csrf': '1' } })
  await context.addInitScript(`localStorage.setItem('rapport.prefs', '${JSON.stringify({ locale, theme, density: 'comfortable', context: size === 'wide' })}')`)
  const page = await context.newPage()
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) console.log(`[${name}] ${message.type()}: ${message.text().slice(0, 300)}`)
  })
  page.on('pageerror', (error) => console.log(`[${name}] page error: ${error.message}`))
  for (const [key, path] of Object.entries(pages)) {
    if (only && !`${key}-${name}`.match(only)) continue
    await page.goto(origin + path)
    await page.waitForTimeout(key === 'inbox' ? 900 : 600)
    await page.screenshot({ path: `${folder}/${key}-${name}.png` })
    await page.evaluate(axe)
    const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
    for (const violation of result.violations) {
      failures += 1
      console.log(`[${key}-${name}] axe ${violation.id} (${violation.impact}): ${violation.nodes.length} × ${violation.nodes[0].target} ${violation.nodes[0].failureSummary?.split('\n')[1] ?? ''}`)
    }
  }
  await context.close()
}
await browser.close()
console.log(`${failures} axe findings`)
