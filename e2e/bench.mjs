// The inbox with many open conversations while messages pour in: frame times while scrolling, and how long the page takes
// to answer a click or a key, and to show the next conversation's words. `node bench.mjs [conversations] [events a second]
// [seconds]`; RAPPORT names the release build.
import { setTimeout as sleep } from 'node:timers/promises'
import { inbox, person, startBrowser } from './lib/browser.mjs'
import { startDemo } from './lib/demo.mjs'
import { outside, until } from './lib/outside.mjs'

const [conversations = 10_000, rate = 500, seconds = 20] = process.argv.slice(2).map(Number)
const batch = 50
const [demo, browser] = await Promise.all([startDemo(), startBrowser()])
const world = outside(demo)
let told = 0

/** One delivery of the provider with a message from each of `batch` customers, beginning with this one. */
async function deliver(first, words) {
  const now = String(Math.floor(Date.now() / 1_000))
  const people = Array.from({ length: batch }, (_, at) => (first + at) % conversations)
  const phone = (one) => String(201_000_000_000 + one)
  await world.control('/whatsapp/raw', {
    value: {
      messaging_product: 'whatsapp',
      contacts: people.map((one) => ({ profile: { name: one % 2 ? `Customer ${one}` : `عميل ${one}` }, wa_id: phone(one) })),
      messages: people.map((one) => ({ from: phone(one), id: `wamid.BENCH${(told += 1)}`, timestamp: now, type: 'text', text: { body: `${words} ${one}` } })),
    },
  })
}

const open = async () => (await world.api('/conversations/counts')).all
const quantile = (values, share) => values.toSorted((one, two) => one - two)[Math.min(values.length - 1, Math.floor(values.length * share))]
const ms = (value) => (value === undefined ? '-' : `${value.toFixed(1)} ms`)
const row = (name, values) => console.log(`${name.padEnd(34)} p50 ${ms(quantile(values, 0.5))}, p95 ${ms(quantile(values, 0.95))}, p99 ${ms(quantile(values, 0.99))}, longest ${ms(Math.max(...values))} (${values.length})`)

/** Pours messages in until it is told to stop; gives the rate that was reached. */
function pour() {
  let stopped = false
  let sent = 0
  const began = performance.now()
  const done = (async () => {
    for (let next = 0; !stopped; next = (next + 7 * batch) % conversations) {
      await deliver(next, 'Is it still there?')
      sent += batch
      await sleep(Math.max(0, began + (sent / rate) * 1_000 - performance.now()))
    }
    return (sent / (performance.now() - began)) * 1_000
  })()
  return async () => {
    stopped = true
    return done
  }
}

/**
 * What the page notes of itself: the time between frames, and from an input to the end of the frame that shows what it did.
 * (The browser's own event timing waits for a picture on a screen, which a browser without one tells late or never.)
 */
const observe = () => {
  globalThis.seen = { frames: [], inputs: [], long: [], threads: [] }
  let last
  const frame = (now) => {
    if (last !== undefined) globalThis.seen.frames.push(now - last)
    last = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  const painted = (told) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = told
    port2.postMessage(0)
  }
  const shown = ({ timeStamp }) => requestAnimationFrame(() => painted(() => globalThis.seen.inputs.push(performance.now() - timeStamp)))
  for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, shown, { capture: true })
  // The thread of another conversation is another element; it counts once it has words.
  const thread = () => document.querySelector('[role="log"]')
  const follow = ({ code, timeStamp }) => {
    if (code !== 'KeyJ') return
    const before = thread()
    const look = () =>
      requestAnimationFrame(() => {
        const now = thread()
        if (now && now !== before && now.querySelector('article')) painted(() => globalThis.seen.threads.push(performance.now() - timeStamp))
        else if (performance.now() - timeStamp < 2_000) look()
      })
    look()
  }
  addEventListener('keydown', follow, { capture: true })
  new PerformanceObserver((list) => globalThis.seen.long.push(...list.getEntries().map((one) => one.duration))).observe({ type: 'longtask' })
}

async function measure(page, name, doing) {
  await page.evaluate(() => Object.assign(globalThis.seen, { frames: [], inputs: [], long: [], threads: [] }))
  await doing()
  await sleep(200)
  const { frames, inputs, long, threads } = await page.evaluate(() => globalThis.seen)
  row(`${name}: frames`, frames)
  if (inputs.length) row(`${name}: input to picture`, inputs)
  if (threads.length) row(`${name}: its words`, threads)
  console.log(`${`${name}: tasks over 50 ms`.padEnd(34)} ${long.length}, ${ms(long.reduce((sum, one) => sum + one, 0))} of ${seconds} s`)
}

try {
  const began = performance.now()
  for (let first = 0; first < conversations; first += batch) await deliver(first, 'Hello')
  await until(`${conversations} open conversations`, async () => (await open()) >= conversations, 120_000)
  console.log(`${conversations} conversations made in ${((performance.now() - began) / 1_000).toFixed(1)} s`)

  const somebody = await person(browser, demo)
  await somebody.context.addInitScript(observe)
  const page = await somebody.open('/inbox?view=all')
  const parts = inbox(page, somebody.t)
  await parts.rows.first().waitFor()
  const box = await page.getByRole('list', { name: somebody.t('inbox.conversations') }).boundingBox()
  const scroll = async () => {
    await page.mouse.move(box.x + box.width / 2, box.y + 300)
    const end = Date.now() + seconds * 1_000
    while (Date.now() < end) {
      await page.mouse.wheel(0, 240)
      await sleep(30)
    }
  }
  const work = (pause) => async () => {
    await page.mouse.move(1_000, 20)
    await parts.rows.first().click()
    await parts.log.waitFor()
    const end = Date.now() + seconds * 1_000
    while (Date.now() < end) {
      await page.keyboard.press('j')
      await sleep(pause)
    }
  }
  const write = async () => {
    await parts.box.click()
    const end = Date.now() + seconds * 1_000
    while (Date.now() < end) {
      await page.keyboard.type('k')
      await sleep(120)
    }
  }
  await measure(page, 'at rest, scrolling', scroll)
  await measure(page, 'at rest, next conversation', work(400))
  await measure(page, 'at rest, in a hurry', work(120))
  await measure(page, 'at rest, typing', write)
  const reached = pour()
  await measure(page, 'under load, scrolling', scroll)
  await measure(page, 'under load, next conversation', work(400))
  await measure(page, 'under load, typing', write)
  const heap = await page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0)
  console.log(`events: ${(await reached()).toFixed(0)} a second; heap ${(heap / 1e6).toFixed(0)} MB`)
  if (somebody.faults.length) console.log(somebody.faults)
} finally {
  await browser.close()
  await demo.stop()
}
