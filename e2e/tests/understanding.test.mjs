// What customers write is understood: hot words wake a rule and are shown at the message; the team says what was wanted.
import assert from 'node:assert/strict'
import { inbox, settled, violations } from '../lib/browser.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
const asks = { en: 'Is there a discount?', ar: 'هل يوجد خصم؟' }
const named = { en: 'Thrifty Customer', ar: 'عميلة مقتصدة' }

/** Asks until the answer is there. */
async function until(ask) {
  for (let tries = 0; tries < 100; tries++) {
    const found = await ask()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('it did not come')
}

everywhere('a starter list is taken over, tried, and wakes a rule', {}, async ({ page, t, world, demo, locale }) => {
  await page.goto(`${demo.url}/rules/hot-words`)
  await settled(page, t)
  await page.getByRole('button', { name: t('understanding.starter') }).first().click()
  const dialog = page.getByRole('dialog', { name: t('understanding.starter') })
  await dialog.getByRole('checkbox', { checked: true }).waitFor()
  await dialog.getByRole('button', { name: t('understanding.starter_take') }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('list', { name: t('understanding.hot_words') }).getByText('discount', { exact: true }).first().waitFor()
  await page.getByRole('textbox', { name: t('understanding.text') }).fill(asks[locale])
  await page.getByRole('status').getByText('discount').first().waitFor()
  assert.deepEqual(await violations(page), [])

  const tag = `saver ${locale}`
  const definition = { name: `Savers ${locale}`, when: [{ on: 'hot_word', topics: ['discount'] }], do: [{ do: 'add_tags', tags: [tag] }], during_handover: true }
  const rule = await world.api('/rules', { enabled: true, definition }, 'POST')
  const phone = world.newPhone()
  await world.write(phone, named[locale], asks[locale])
  const { contact, id } = await world.conversation(phone)
  await until(async () => (await world.api(`/contacts/${contact.id}`)).tags.some((one) => one.name === tag))
  await world.api(`/rules/${rule.id}`, undefined, 'DELETE')

  // Why: the word is marked at the message, and counted in the panel.
  await page.goto(`${demo.url}/inbox/${id}`)
  await settled(page, t)
  const line = inbox(page, t).message(asks[locale]).first()
  await line.hover()
  await line.getByRole('button', { name: t('why.open') }).click()
  const why = page.getByRole('dialog', { name: t('why.open') })
  await why.locator('mark').first().waitFor()
  await why.getByText('discount').first().waitFor()
  assert.deepEqual(await violations(page), [])
})

everywhere('the desk offers a message, keeps what is said, and takes it back', {}, async ({ page, t, world, demo, locale }) => {
  const phone = world.newPhone()
  await world.write(phone, named[locale], asks[locale])
  await world.conversation(phone)
  const before = (await world.api('/intents')).labels
  await until(async () => (await world.api('/intents/desk')).length > 1)
  await page.goto(`${demo.url}/rules/labelling`)
  await settled(page, t)
  const one = page.getByRole('region', { name: t('understanding.ask') })
  const text = await one.locator('bdi').first().textContent()
  await page.keyboard.press('0')
  await page.getByRole('button', { name: t('understanding.undo') }).waitFor()
  await until(async () => (await world.api('/intents')).labels === before + 1)
  await page.keyboard.press('u')
  await until(async () => (await world.api('/intents')).labels === before)
  await one.getByText(text, { exact: true }).first().waitFor()
  await one.getByRole('button', { name: t('understanding.intents.price') }).first().click()
  await until(async () => (await world.api('/intents')).labels === before + 1)
  assert.deepEqual(await violations(page), [])
})
