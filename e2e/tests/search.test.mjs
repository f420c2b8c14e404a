// Finding anything: by words, parts of a number, order numbers and names; narrowed, by keyboard, from the palette; and jumping to where it was said, however long ago.
import assert from 'node:assert/strict'
import { inbox, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere, journey } = suite()
const indexed = (world, q, part = 'items') => until(`${q} is indexed`, async () => {
  const found = await world.api(`/search?q=${encodeURIComponent(q)}`)
  return (part === 'items' ? found.items : found[part].items).length > 0
}, 20_000)

/** A customer with a name, an order number and a note of their own. */
async function customer({ world, locale }, tag) {
  const phone = world.newPhone()
  const name = locale === 'ar' ? `نورة ${tag}` : `Noura ${tag}`
  const order = `ORD-${phone.slice(-5)}-77`
  await world.write(phone, name, locale === 'ar' ? `أين الطلبية ${order}؟` : `Where is my parcel ${order}?`)
  const { id } = await world.conversation(phone)
  await world.api(`/conversations/${id}/notes`, { body: `checked ${order} with the courier` })
  await indexed(world, order)
  await indexed(world, order, 'notes')
  await indexed(world, phone.slice(-6), 'contacts')
  return { phone, name, order, id }
}

everywhere('one field finds messages, notes and customers, and filters narrow them', { path: '/search' }, async ({ page, t, world, locale }) => {
  const { phone, name, order } = await customer({ world, locale }, 'Alsearch')
  const field = page.getByRole('searchbox', { name: t('search.field') })
  const messages = page.getByRole('list', { name: t('search.results') })
  const notes = page.getByRole('list', { name: t('search.notes') })
  const contacts = page.getByRole('list', { name: t('search.contacts') })
  await field.fill(order)
  await messages.getByRole('link').filter({ hasText: order }).waitFor()
  await notes.getByRole('link').filter({ hasText: order }).waitFor()
  assert.deepEqual(await violations(page), [])
  // Six digits as people say them: in the middle of the number, the national way.
  await field.fill(`${phone.slice(-6, -3)} ${phone.slice(-3)}`)
  await contacts.getByRole('link').filter({ hasText: name }).locator('mark').first().waitFor()
  await page.getByRole('radio', { name: t('search.part.contacts') }).locator('xpath=ancestor-or-self::label').first().click()
  await page.waitForURL(/in=contacts/)
  await page.getByRole('radio', { name: t('search.part.all') }).locator('xpath=ancestor-or-self::label').first().click()
  await field.fill(order)
  await messages.getByRole('link').filter({ hasText: order }).waitFor()
  await page.getByRole('button', { name: t('search.conditions'), exact: true }).click()
  await page.getByRole('button', { name: new RegExp(t('search.direction')) }).click()
  await page.getByRole('option', { name: t('search.from_us'), exact: true }).click()
  await page.waitForURL(/direction=out/)
  await messages.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: t('search.clear') }).click()
  await messages.getByRole('link').filter({ hasText: order }).waitFor()
  assert.deepEqual(await violations(page), [])
})

everywhere('by keyboard alone: down to a result, Enter, and the message is on screen and marked', { path: '/search' }, async ({ page, t, world, locale }) => {
  const phone = world.newPhone()
  const old = 1_780_000_000
  const wanted = locale === 'ar' ? `كلمة فريدة زمردة${phone.slice(-4)}` : `the emeraldine${phone.slice(-4)} word`
  // A year of talk lies behind the message: far more than a page of the thread.
  await world.write(phone, 'Long Talker', wanted, old)
  for (let line = 0; line < 130; line += 1) await world.write(phone, 'Long Talker', `line ${line}`, old + 60 * (line + 1))
  const word = wanted.split(' ').find((one) => /\d{4}$/.test(one))
  await indexed(world, word)
  const field = page.getByRole('searchbox', { name: t('search.field') })
  await field.fill(word)
  await page.getByRole('list', { name: t('search.results') }).getByRole('link').first().waitFor()
  await field.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/inbox\/.*m=/)
  const { message, log } = inbox(page, t)
  const found = message(word)
  await found.waitFor()
  await until('the message is on screen', () => found.evaluate((one) => {
    const box = one.getBoundingClientRect()
    return box.top >= 0 && box.bottom <= innerHeight
  }))
  assert.equal(await log.getByRole('article').filter({ hasText: 'line 129' }).count(), 0, 'what lies between was not read')
  // On towards now, and then at once to the end.
  await page.getByRole('button', { name: t('thread.newer') }).click()
  await log.getByRole('article').filter({ hasText: 'line 40' }).first().waitFor()
  await page.getByRole('button', { name: t('thread.newest'), exact: true }).click()
  await log.getByRole('article').filter({ hasText: 'line 129' }).waitFor()
})

everywhere('the palette finds customers and messages', { path: '/inbox' }, async ({ page, t, world, locale }) => {
  const { name, phone } = await customer({ world, locale }, `Palette${locale}`)
  await page.getByRole('list', { name: t('inbox.conversations') }).waitFor()
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: t('palette.title') })
  await palette.getByRole('searchbox').fill(phone.slice(-6))
  await palette.getByRole('menuitem').or(palette.getByRole('option')).filter({ hasText: name }).first().click()
  await page.waitForURL(/\/contacts\//)
  await page.getByRole('heading', { name }).waitFor()
})

journey('on a phone the search fits and its results are large enough to touch', { path: '/search', size: 'phone', touch: true }, async ({ page, t, world, locale }) => {
  const { order } = await customer({ world, locale }, 'Phone')
  await page.getByRole('searchbox', { name: t('search.field') }).fill(order)
  const hit = page.getByRole('list', { name: t('search.results') }).getByRole('link').first()
  await hit.waitFor()
  assert.ok((await hit.boundingBox()).height >= 44)
  await page.getByRole('button', { name: t('search.conditions'), exact: true }).click()
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out')
  assert.deepEqual(await violations(page), [])
})

journey('the list is searched beyond what it shows', { path: '/inbox?status=any&view=all' }, async ({ page, t, world, locale }) => {
  const { name, phone } = await customer({ world, locale }, 'Listed')
  await page.getByRole('searchbox', { name: t('inbox.search') }).fill(phone.slice(-7))
  const { row } = inbox(page, t)
  await row(new RegExp(name)).waitFor()
})
