// What happens by itself: a rule is made in the form, does its steps for a customer, says why, and says why not once it is off.
import assert from 'node:assert/strict'
import { settled, violations } from '../lib/browser.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
const words = {
  en: { name: 'Price list', customer: 'Curious Customer', keyword: 'price', asks: 'What is the PRICE of it?', tag: 'asked the price', answer: 'It is 10, {first_name|friend}.', told: 'It is 10, Curious.' },
  ar: { name: 'قائمة الأسعار', customer: 'عميلة فضولية', keyword: 'السعر', asks: 'كم السعر لو سمحت؟', tag: 'سأل عن السعر', answer: 'السعر ١٠ يا {first_name|صديقتي}.', told: 'السعر ١٠ يا عميلة.' },
}

everywhere('a rule answers a customer, explains itself, and explains why not when it is off', {}, async ({ page, t, world, demo, locale }) => {
  const say = words[locale]
  await page.goto(`${demo.url}/rules`)
  await settled(page, t)
  await page.getByRole('button', { name: t('automation.add'), exact: true }).click()
  await page.getByLabel(t('automation.name'), { exact: true }).fill(say.name)
  await page.getByLabel(t('automation.parameter.words'), { exact: true }).fill(say.keyword)
  await page.getByLabel(t('automation.parameter.body'), { exact: true }).fill(say.answer)
  await page.getByRole('button', { name: t('automation.add_step') }).click()
  await page.getByRole('menuitem', { name: t('automation.step.add_tags') }).click()
  const save = page.getByRole('button', { name: t('common.save'), exact: true })
  // What is missing is told while one types, and nothing can be saved before.
  await page.getByText(t('automation.faults')).waitFor()
  assert.equal(await save.isDisabled(), true)
  await page.getByLabel(t('automation.parameter.tags'), { exact: true }).fill(say.tag)
  await page.getByText(t('automation.faults')).waitFor({ state: 'detached' })
  assert.deepEqual(await violations(page), [])
  await save.click()
  await page.getByRole('link', { name: new RegExp(say.name) }).waitFor()

  const phone = world.newPhone()
  await world.write(phone, say.customer, say.asks)
  const { contact, ...talk } = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${talk.id}`)
  await page.getByText(say.told).first().waitFor()
  await page.goto(`${demo.url}/contacts/${contact.id}`)
  await page.getByRole('region', { name: t('tag.title'), exact: true }).getByText(say.tag).waitFor()

  await page.goto(`${demo.url}/rules`)
  const runs = page.getByRole('list', { name: t('automation.runs') })
  const run = runs.getByRole('listitem').filter({ hasText: say.customer }).first()
  await run.getByText(say.customer).click()
  await run.getByText(t('automation.check.handover')).first().waitFor()
  await run.getByText(t('automation.step.send_text')).first().waitFor()
  assert.deepEqual(await violations(page), [])

  await page.getByRole('switch', { name: t('automation.switch', { name: say.name }) }).click({ force: true })
  await page.getByRole('switch', { name: t('automation.switch', { name: say.name }), checked: false }).waitFor()
  await world.write(phone, say.customer, say.asks)
  await run.getByRole('button', { name: t('automation.ask') }).click()
  await run.getByText(t('automation.no.switched_on')).waitFor()
  const { items } = await world.api(`/runs?contact_id=${contact.id}`)
  assert.equal(items.length, 1, 'nothing ran')
})

everywhere('a rule that is ready is made switched off, to be looked at first', {}, async ({ page, t, demo, locale }) => {
  await page.goto(`${demo.url}/rules`)
  await settled(page, t)
  const ready = page.getByRole('list', { name: t('automation.starters') })
  const row = ready.getByRole('listitem').filter({ has: page.getByRole('button', { name: t('automation.starter_use') }) }).first()
  const name = await row.locator('bdi').first().textContent()
  // The customers' language is chosen beside them; the page keeps its own.
  assert.equal(await row.locator('[lang]').first().getAttribute('lang'), locale)
  assert.deepEqual(await violations(page), [])
  await row.getByRole('button').click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.getByRole('switch', { name: t('automation.on'), checked: false }).waitFor()
  assert.deepEqual(await violations(page), [])
  await page.goto(`${demo.url}/rules`)
  await ready.getByRole('listitem').filter({ hasText: name }).getByText(t('automation.starter_taken')).waitFor()
  await page.getByRole('switch', { name: t('automation.switch', { name }), checked: false }).waitFor()
})
