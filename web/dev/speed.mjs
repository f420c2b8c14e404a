// Measures how long a person waits after a press: opening conversations by click and by key, typing. `node dev/speed.mjs [times]`.
import { writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8090'
const times = Number(process.argv[2] ?? 12)
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
if (process.env.LOGIN) {
  const [email, password] = process.env.LOGIN.split(' ')
  await page.request.post(`${origin}/api/v1/session`, { data: { email, password }, headers: { 'x-rapport-csrf': '1' } })
}
await page.request.patch(`${origin}/api/v1/users/me`, { data: { locale: 'en', theme: 'light' }, headers: { 'x-rapport-csrf': '1' } })
await page.addInitScript(() => {
  globalThis.seen = []
  // Duration runs from the press to the next paint, in steps of 8 ms.
  new PerformanceObserver((list) => globalThis.seen.push(...list.getEntries().map(({ name, duration, processingStart, processingEnd, startTime }) => ({ name, duration, startTime, work: processingEnd - processingStart })))).observe({ type: 'event', durationThreshold: 16, buffered: true })
})
await page.goto(`${origin}/inbox?status=any`)
await page.waitForSelector('ul[aria-label="Conversations"] li a')
await page.waitForTimeout(1500)

const client = await page.context().newCDPSession(page)
if (process.env.PROFILE) {
  await client.send('Profiler.enable')
  await client.send('Profiler.setSamplingInterval', { interval: 200 })
  await client.send('Profiler.start')
}

async function measure(name, events, act) {
  const waits = []
  const work = []
  const shown = []
  for (let index = 0; index < times; index += 1) {
    await page.evaluate(() => {
      globalThis.seen.length = 0
      globalThis.from = performance.now()
      // When another conversation's thread stands on the page: counted from the press, seen at the frame after it was drawn.
      const title = () => document.querySelector('[role=log]')?.closest('section')?.getAttribute('aria-label')
      const before = title()
      let pressed = 0
      globalThis.drawn = 0
      const press = (event) => void (pressed = event.timeStamp)
      for (const kind of ['click', 'keydown']) addEventListener(kind, press, { capture: true, once: true })
      const look = (at) => {
        if (pressed && title() && title() !== before) globalThis.drawn = at - pressed
        else if (performance.now() - globalThis.from < 1500) requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    await act(index)
    await page.waitForTimeout(500)
    const { entries, drawn } = await page.evaluate(() => ({ entries: globalThis.seen.filter((entry) => entry.startTime >= globalThis.from), drawn: globalThis.drawn }))
    if (drawn) shown.push(Math.round(drawn))
    const own = entries.filter((entry) => events.includes(entry.name))
    waits.push(Math.max(0, ...own.map((entry) => entry.duration)))
    work.push(Math.round(Math.max(0, ...own.map((entry) => entry.work))))
  }
  waits.sort((a, b) => a - b)
  console.log(`${name}: median ${waits[Math.floor(waits.length / 2)]} ms, slowest ${waits.at(-1)} ms  [${waits.join(' ')}], of it script [${work.join(' ')}]${shown.length ? `; thread drawn after [${shown.sort((a, b) => a - b).join(' ')}]` : ''}`)
}

const rows = page.locator('ul[aria-label="Conversations"] li a')
await measure('open by click, unhurried', ['click'], async (index) => {
  await rows.nth((index % 9) + 1).hover()
  await page.waitForTimeout(120)
  await page.mouse.down()
  await page.mouse.up()
})
await measure('open by click, at once', ['click'], (index) => rows.nth(((index + 3) % 9) + 1).click())
await page.mouse.move(900, 300)
await measure('next by key', ['keydown'], async () => {
  const before = page.url()
  await page.keyboard.press('j')
  await page.waitForURL((url) => url.href !== before, { timeout: 2000 })
})
await page.locator('ul[aria-label="Conversations"] li a', { hasNotText: 'Window closed' }).first().click()
await page.locator('textarea').first().focus()
await measure('typing', ['keydown', 'keypress', 'input'], () => page.keyboard.type('a'))

if (process.env.PROFILE) writeFileSync(process.env.PROFILE, JSON.stringify((await client.send('Profiler.stop')).profile))
await browser.close()
