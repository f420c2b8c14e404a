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

everywhere('a rule is tried on the past, watches, and a version is taken back', {}, async ({ page, t, world, demo, locale }) => {
  const say = words[locale]
  const phone = world.newPhone()
  await world.write(phone, say.customer, say.asks)
  const { contact, ...talk } = await world.conversation(phone)
  const definition = {
    // It judges at once: what would be judged after the period is not tried.
    name: `${say.name} 2`, language: locale, settle_seconds: 0, when: [{ on: 'keyword', words: [say.keyword] }],
    if: { type: 'field', field: 'contact.phone', is: 'is', value: contact.phone }, do: [{ do: 'send_text', body: say.answer }],
  }
  const rule = await world.api('/rules', { definition })
  await page.goto(`${demo.url}/rules/${rule.id}`)
  await settled(page, t)
  const past = page.getByRole('region', { name: t('automation.past.title'), exact: true })
  await past.getByRole('button', { name: t('automation.past.try'), exact: true }).click()
  await past.getByText(t('automation.past.done'), { exact: true }).waitFor({ state: 'attached' })
  const examples = past.getByRole('list', { name: t('automation.past.examples') })
  const example = examples.getByRole('listitem').filter({ hasText: say.customer }).first()
  await example.getByText(say.customer).click()
  await example.getByText(t('automation.step.send_text')).waitFor()
  assert.deepEqual(await violations(page), [])
  const { items } = await world.api(`/rules/backtests?rule_id=${rule.id}`)
  assert.equal(items[0].counts.written_customers, 1)
  await example.getByRole('link', { name: t('automation.past.open') }).click()
  await page.waitForURL(new RegExp(`/inbox/${talk.id}`))
  await page.getByText(say.asks).first().waitFor()

  // Watching, it writes down what it would do, and does nothing.
  await world.api(`/rules/${rule.id}`, { enabled: true, shadow: true }, 'PATCH')
  await world.write(phone, say.customer, say.asks)
  await page.goto(`${demo.url}/rules/${rule.id}`)
  const run = page.getByRole('list', { name: t('automation.runs') }).getByRole('listitem').filter({ hasText: say.customer }).first()
  await run.getByText(t('automation.watched'), { exact: true }).waitFor()
  await page.getByRole('switch', { name: t('automation.watch_only'), checked: true }).waitFor()
  const lines = await world.messages(talk.id)
  assert.equal(lines.some((line) => line.author?.kind === 'rule' && line.author?.name === definition.name), false, 'nothing was sent')

  await world.api(`/rules/${rule.id}`, { definition: { ...definition, name: `${say.name} 3` } }, 'PATCH')
  await page.goto(`${demo.url}/rules/${rule.id}`)
  await page.getByRole('heading', { level: 1, name: `${say.name} 3` }).waitFor()
  const versions = page.getByRole('list', { name: t('automation.versions') })
  await versions.getByText(`${say.name} 2`).first().waitFor()
  await versions.getByText(t('automation.version', { version: 1 })).click()
  await versions.getByRole('button', { name: t('automation.restore') }).click()
  await page.getByRole('heading', { level: 1, name: `${say.name} 2` }).waitFor()
  assert.deepEqual(await violations(page), [])
})
