// Finding what was said, and knowing who said it - here and in the CRM.
import assert from 'node:assert/strict'
import { inbox } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()

everywhere('search in Arabic finds another form of the word and jumps to the message', { path: '/search' }, async ({ page, t, world }) => {
  const phone = world.newPhone()
  const text = 'وصلتني الطلبية ناقصة، أين القميصين؟'
  await world.write(phone, 'سلمى القاسم', text)
  for (let index = 0; index < 3; index += 1) await world.write(phone, 'سلمى القاسم', `سطر آخر ${index}`)
  await until('it is indexed', async () => (await world.api(`/search?q=${encodeURIComponent('طلبية ناقصه')}`)).items.length > 0, 20_000)
  await page.getByRole('searchbox', { name: t('search.field') }).fill('طلبية ناقصه')
  const results = page.getByRole('list', { name: t('search.results') })
  await results.locator('mark').first().waitFor()
  await results.getByRole('link').filter({ hasText: 'القميصين' }).first().click()
  await page.waitForURL(/\/inbox\/.*m=/)
  const found = inbox(page, t).message('القميصين')
  await found.waitFor()
  assert.ok(await found.evaluate((one) => {
    const box = one.getBoundingClientRect()
    return box.top >= 0 && box.bottom <= innerHeight
  }), 'the message is on screen')
})

everywhere('what is changed here arrives in HubSpot, what is changed there comes back', {}, async ({ page, t, world, demo, locale }) => {
  const phone = world.newPhone()
  await world.write(phone, 'Crm Person', 'hello')
  const { contact } = await world.conversation(phone)
  const remote = () => world.control('/hubspot/contacts').then(({ items }) => items.find((one) => JSON.stringify(one).includes(phone)))
  await until('HubSpot knows the customer', remote, 30_000)
  await page.goto(`${demo.url}/contacts/${contact.id}`)
  await page.getByRole('button', { name: t('common.edit'), exact: true }).click()
  const email = `crm-${locale}@dune-thread.example`
  await page.getByLabel(t('contact.name'), { exact: true }).fill('Amina Rahman')
  await page.getByLabel(t('contact.email'), { exact: true }).fill(email)
  await page.getByRole('button', { name: t('common.save') }).click()
  await page.getByRole('heading', { name: 'Amina Rahman' }).waitFor()
  const there = await until('the change is in HubSpot', async () => {
    const record = await remote()
    return record?.properties.email === email && record
  }, 30_000)
  await world.control(`/hubspot/contacts/${there.id}`, { properties: { firstname: 'Amina', lastname: 'Rahman-Saleh' } })
  await page.getByRole('heading', { name: /Rahman-Saleh/ }).waitFor({ timeout: 40_000 })
})

everywhere('contacts: add one, find them, write to them', { path: '/contacts' }, async ({ page, t, world, locale }) => {
  const phone = world.newPhone()
  await page.getByRole('button', { name: t('contacts.add') }).click()
  await page.getByLabel(t('contact.name'), { exact: true }).fill('Fresh Contact')
  await page.getByLabel(t('contact.phone'), { exact: true }).fill('12')
  await page.getByRole('dialog').getByRole('button', { name: t('contacts.add') }).click()
  await page.locator('[data-invalid] input, input[aria-invalid=true]').first().waitFor()
  if (locale === 'ar') assert.match(await page.getByRole('dialog').innerText(), /لا يمكن استخدام هذه القيمة/)
  await page.getByLabel(t('contact.phone'), { exact: true }).fill(`+${phone}`)
  await page.getByRole('dialog').getByRole('button', { name: t('contacts.add') }).click()
  await page.getByRole('heading', { name: 'Fresh Contact' }).waitFor()
  await page.getByRole('button', { name: t('contact.write') }).click()
  await page.waitForURL(/\/inbox\//)
  await page.getByText(t('composer.closed')).first().waitFor()
})
