// "Where is my parcel?": the answer comes by itself, the order stands beside the conversation, and a table of orders is taken in.
import assert from 'node:assert/strict'
import { settled, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
const words = {
  en: { customer: 'Waiting Customer', asks: 'Where is my order? I have no tracking number.', told: /your order E2E-EN, placed yesterday: the parcel is out for delivery/, item: 'Linen dress' },
  ar: { customer: 'عميلة تنتظر', asks: 'أين الشحنة؟ ليس عندي رقم التتبع', told: /طلبك E2E-AR \(أمس\): الشحنة خرجت للتوصيل/, item: 'فستان كتان' },
}

everywhere('a customer hears where their parcel is, and the team sees it beside the conversation', {}, async ({ page, t, world, demo, locale }) => {
  const say = words[locale]
  const number = `E2E-${locale.toUpperCase()}`
  const phone = world.newPhone()
  const rule = await world.api('/rules/starters/parcel', { language: locale }, 'POST')
  await world.api(`/rules/${rule.id}`, { enabled: true }, 'PATCH')
  // The shop tells of the order before anybody knows the customer.
  const order = { phone: `+${phone}`, status: 'shipped', placed_at: Date.now() - 86_400_000, total: '289.00', currency: 'AED', items: [{ name: say.item, quantity: 2 }] }
  const parcel = { key: 'FL1', status: 'out_for_delivery', courier: 'Falcon', tracking_number: 'FL1', tracking_url: 'https://falcon.example/FL1' }
  const told = await world.api(`/orders/${number}`, { ...order, shipments: [parcel] }, 'PUT')
  assert.equal(told.contact_id, null)
  await world.write(phone, say.customer, say.asks)
  const talk = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${talk.id}`)
  await page.getByText(say.told).first().waitFor()

  await page.getByRole('button', { name: t('thread.show_context') }).click()
  await page.mouse.move(0, 0)
  await page.getByRole('tooltip').waitFor({ state: 'detached' })
  const beside = page.getByRole('list', { name: t('shop.orders'), exact: true })
  await beside.getByText(number).waitFor()
  await beside.getByText(say.item).waitFor()
  await beside.getByRole('link', { name: t('shop.follow', { number: 'FL1' }) }).waitFor()
  assert.deepEqual(await violations(page), [])
  // What changes is seen without asking.
  await world.api(`/orders/${number}/shipments/FL1`, { ...parcel, status: 'delivered' }, 'PUT')
  await beside.getByText(t('shop.parcel_status.delivered')).waitFor()
  await world.api(`/rules/${rule.id}`, { enabled: false }, 'PATCH')
})

everywhere('a table of products is looked at, taken in and shown', {}, async ({ page, t, demo, locale }) => {
  const sku = `TAB-${locale}`
  await page.goto(`${demo.url}/shop`)
  await settled(page, t)
  await page.getByRole('list', { name: t('shop.orders'), exact: true }).waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('radio', { name: t('shop.products'), exact: true }).click({ force: true })
  await page.getByRole('button', { name: t('shop.import'), exact: true }).click()
  const dialog = page.getByRole('dialog', { name: t('shop.import') })
  const buffer = Buffer.from(`\ufeffsku;name;price;currency\r\n${sku};${words[locale].item};289,00;AED\r\n;x;;\r\n`)
  await dialog.locator('input[type=file]').setInputFiles({ name: 'products.csv', mimeType: 'text/csv', buffer })
  await dialog.getByRole('list', { name: t('shop.import_refused') }).getByRole('listitem').waitFor()
  const run = dialog.getByRole('button', { name: t('shop.import_run'), exact: true })
  await until('the table can be taken in', () => run.isEnabled())
  assert.deepEqual(await violations(page), [])
  await run.click()
  await dialog.waitFor({ state: 'detached' })
  const row = page.getByRole('list', { name: t('shop.products'), exact: true }).getByRole('listitem').filter({ hasText: sku })
  await row.getByText(words[locale].item).waitFor()
  await page.getByRole('radio', { name: t('shop.stores'), exact: true }).click({ force: true })
  await page.getByRole('list', { name: t('shop.stores'), exact: true }).getByRole('listitem').first().waitFor()
  assert.deepEqual(await violations(page), [])
})
