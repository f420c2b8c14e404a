// A customer wants to buy: a deal is made beside the conversation, stands in the CRM, and what a person does to it there shows here.
import assert from 'node:assert/strict'
import { violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
const words = {
  en: { customer: 'Buying Customer', wants: 'I would like to buy the linen dress.', title: 'Linen dress for the wedding' },
  ar: { customer: 'عميلة تشتري', wants: 'أريد شراء فستان الكتان.', title: 'فستان كتان للعرس' },
}

everywhere('a deal is made of a conversation, goes to the CRM, and is won there', {}, async ({ page, t, world, demo, locale }) => {
  const say = words[locale]
  const phone = world.newPhone()
  await world.write(phone, say.customer, say.wants)
  const talk = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${talk.id}`)
  await page.getByText(say.wants).first().waitFor()
  await page.getByRole('button', { name: t('thread.show_context') }).click()
  await page.mouse.move(0, 0)
  await page.getByRole('tooltip').waitFor({ state: 'detached' })

  await page.getByRole('button', { name: t('matter.make.deal'), exact: true }).click()
  const dialog = page.getByRole('dialog', { name: t('matter.make.deal') })
  await dialog.getByLabel(t('matter.field.title')).fill(say.title)
  await dialog.getByLabel(t('matter.field.amount')).fill('289,00')
  await dialog.getByLabel(t('matter.field.currency')).fill('aed')
  await dialog.getByLabel(t('matter.field.skus')).fill('DRS-1')
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: t('matter.make.deal'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })

  const line = page.getByRole('list', { name: t('matter.title'), exact: true }).getByRole('listitem').filter({ hasText: say.title })
  await line.getByText(t('matter.sync.in_step')).waitFor()
  await line.getByText('DRS-1').waitFor()
  await line.getByRole('link').waitFor()
  const find = async () => (await world.control('/hubspot/objects/deals')).items.find((one) => one.properties.dealname === say.title)
  const record = await until('the deal is in the CRM', find)
  assert.deepEqual([record.properties.amount, record.properties.deal_currency_code, record.properties.rapport_skus], ['289.00', 'AED', 'DRS-1'])
  assert.deepEqual(await violations(page), [])

  // A person over there wins it; nobody asks for it here.
  await world.control(`/hubspot/objects/deals/${record.id}`, { properties: { dealstage: 'closedwon' } })
  const status = line.getByRole('button', { name: t('matter.status_of', { title: say.title }) })
  await status.filter({ hasText: t('matter.status.won') }).waitFor()
  // And what is said here is so there.
  await status.click()
  await page.getByRole('option', { name: t('matter.status.open'), exact: true }).click()
  await until('it is open over there', async () => (await find()).properties.dealstage === 'appointmentscheduled')
  await line.getByText(t('matter.sync.in_step')).waitFor()
})
