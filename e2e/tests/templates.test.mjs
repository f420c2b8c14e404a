// Templates: written with what is wrong beside the field, submitted, reviewed by the provider, deleted.
import { suite } from '../lib/suite.mjs'
import { violations } from '../lib/browser.mjs'
import assert from 'node:assert/strict'

const { everywhere } = suite()

everywhere('a template is written, mended, submitted, approved before one\'s eyes and deleted', { path: '/templates' }, async ({ page, t, locale }) => {
  const name = `parcel_ready_${locale}`
  const box = (key) => page.getByRole('textbox', { name: t(key), exact: true })
  await page.getByRole('list', { name: t('templates.title') }).getByText('order_update').first().waitFor()
  await page.getByRole('button', { name: t('templates.new'), exact: true }).click()
  await box('templates.name').fill(name)
  await box('templates.body_text').fill('{{1}}, your parcel is ready.')
  await page.getByText(t('template_problem.variable_at_start')).waitFor()
  await page.getByRole('button', { name: t('templates.submit'), exact: true }).click()
  // Nothing was said about the empty sample until now.
  await page.getByText(t('template_problem.example_missing', { value: '\u20681\u2069' })).first().waitFor()
  assert.deepEqual(await violations(page), [])
  await box('templates.body_text').fill('Hi {{1}}, your parcel is ready.')
  await page.getByRole('textbox', { name: t('templates.example_for', { name: '1' }), exact: true }).fill('Amal')
  await page.getByRole('region', { name: t('template.preview') }).getByText('Hi Amal, your parcel is ready.').waitFor()
  await page.getByText(t('templates.submit_hint')).waitFor()
  await page.getByRole('button', { name: t('templates.submit'), exact: true }).click()
  await page.getByText(t('templates.in_review')).waitFor()
  // The provider's report arrives: the page changes by itself.
  await page.getByText(t('template.status.APPROVED')).waitFor()
  await page.getByRole('button', { name: t('common.more_actions') }).last().click()
  await page.getByRole('menuitem', { name: t('templates.delete_one') }).click()
  await page.getByRole('dialog').getByRole('button', { name: t('templates.delete_verb'), exact: true }).click()
  const row = page.getByRole('list', { name: t('templates.title') }).getByRole('listitem').filter({ hasText: name })
  await row.getByText(t('template.status.PENDING_DELETION')).first().waitFor()
})

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const file = (name) => ({ name, mimeType: 'image/png', buffer: png })

everywhere('a carousel is written card by card, with what is wrong at each, and submitted', { path: '/templates/new' }, async ({ page, t, locale }) => {
  const name = `summer_cards_${locale}`
  const box = (key) => page.getByRole('textbox', { name: t(key), exact: true })
  await box('templates.name').fill(name)
  await page.getByRole('radio', { name: t('templates.category_of.MARKETING'), exact: true }).click({ force: true })
  await page.getByRole('radio', { name: t('templates.shape_of.CAROUSEL'), exact: true }).click({ force: true })
  await box('templates.body_text').fill('Two things for the summer.')
  const card = (n) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: t('templates.card_nth', { n }), exact: true }) })
  for (const n of [1, 2]) {
    await card(n).getByRole('textbox', { name: t('templates.card_text'), exact: true }).fill(n === 1 ? 'x'.repeat(161) : 'Sandals in sand.')
    await card(n).locator('input[type=file]').setInputFiles(file(`card${n}.png`))
    await card(n).getByText(`card${n}.png`).waitFor()
    await card(n).getByRole('textbox', { name: t('templates.button_text'), exact: true }).fill('Tell me more')
  }
  // The first card's text is one too long: said at that card and nowhere else.
  await card(1).getByText('161').waitFor()
  assert.equal(await card(2).getByText('161').count(), 0)
  await card(1).getByRole('textbox', { name: t('templates.card_text'), exact: true }).fill('A dress in sea blue.')
  const preview = page.getByRole('region', { name: t('template.preview') })
  await preview.getByText('A dress in sea blue.').waitFor()
  await preview.getByText('Sandals in sand.').waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('button', { name: t('templates.submit'), exact: true }).click()
  await page.getByText(t('templates.in_review')).waitFor()
  await page.getByText(t('template.status.APPROVED')).waitFor()
  await page.getByRole('region', { name: t('template.preview') }).getByText('Sandals in sand.').waitFor()
})

everywhere('blanks are given a fall-back, and a customer without a name is greeted', { path: '/templates' }, async ({ page, t, demo, world }) => {
  await page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'order_update', exact: true }) }).getByRole('link').first().click()
  await page.getByRole('heading', { name: t('fillings.title') }).waitFor()
  const fallback = page.getByRole('textbox', { name: t('fillings.fallback'), exact: true })
  const count = await fallback.count()
  for (let at = 0; at < count; at += 1) await fallback.nth(at).fill(`word ${at + 1}`)
  await page.getByRole('button', { name: t('common.save'), exact: true }).click()
  await page.getByText(t('fillings.saved'), { exact: true }).waitFor()
  assert.deepEqual(await violations(page), [])
  const phone = world.newPhone()
  await world.write(phone, 'Fall Back', 'Where is my order?')
  const { id } = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${id}`)
  await page.getByRole('button', { name: t('composer.template'), exact: true }).click()
  await page.getByRole('listbox', { name: t('template.list') }).getByText('order_update').first().click()
  await page.getByText(t('template.from.fallback')).or(page.getByText(t('template.from.contact'))).first().waitFor()
})

everywhere('the library is browsed, and an entry with its button is taken over, once', { path: '/templates' }, async ({ page, demo, t }) => {
  const take = async () => {
    const entry = page.getByRole('list', { name: t('library.title') }).getByRole('listitem').filter({ hasText: 'order_confirmation_1' })
    await entry.getByText(t('library.word.order_management')).waitFor()
    assert.deepEqual(await violations(page), [])
    await entry.getByRole('button', { name: t('library.use'), exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: t('templates.button_url'), exact: true }).fill('https://shop.example/t/{{1}}')
    await dialog.getByRole('textbox', { name: t('templates.button_url_example'), exact: true }).fill('https://shop.example/t/7')
    await dialog.getByRole('button', { name: t('library.make'), exact: true }).click()
    return dialog
  }
  await page.getByRole('button', { name: t('library.title'), exact: true }).click()
  await take()
  await page.getByText(t('library.made')).waitFor()
  await page.waitForURL(/\/templates\/[\da-f-]{36}$/)
  await page.getByRole('heading', { name: 'order_confirmation_1' }).first().waitFor()
  // The account has it now.
  await page.goto(`${demo.url}/templates/library`)
  await (await take()).getByRole('alert').first().waitFor()
})
