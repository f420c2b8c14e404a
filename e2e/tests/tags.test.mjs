// Words that customers are marked with: made while tagging, shown in the list, renamed everywhere at once, counted before they go.
import assert from 'node:assert/strict'
import { inbox, settled, violations } from '../lib/browser.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
const words = { en: ['Early bird', 'Night owl'], ar: ['طلب مبكر', 'طلب متأخر'] }
const named = { en: 'Tagged Customer', ar: 'عميلة موسومة' }

everywhere('a tag is made on a customer, filters the list, is renamed and deleted', {}, async ({ page, t, world, demo, locale }) => {
  const phone = world.newPhone()
  const [first, second] = words[locale]
  await world.write(phone, named[locale], 'hello')
  const { contact } = await world.conversation(phone)
  await page.goto(`${demo.url}/contacts/${contact.id}`)
  await settled(page, t)
  await page.getByRole('button', { name: t('tag.change') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('searchbox').fill(first)
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: first, pressed: true }).waitFor()
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: t('tag.done') }).click()
  await page.getByRole('region', { name: t('tag.title'), exact: true }).getByText(first).waitFor()

  // In the list, and as its condition.
  const [{ id }] = (await world.api('/tags')).filter((tag) => tag.name === first)
  await page.goto(`${demo.url}/inbox?tag=${id}`)
  const { rows } = inbox(page, t)
  await rows.first().getByText(first).waitFor()
  assert.equal(await rows.count(), 1)

  // Renamed by somebody else, it is renamed on the open page.
  await world.api(`/tags/${id}`, { name: second }, 'PATCH')
  await rows.first().getByText(second).waitFor()

  await page.goto(`${demo.url}/settings/tags`)
  await settled(page, t)
  await page.getByRole('button', { name: t('tag.delete_named', { name: second }) }).click()
  const sure = page.getByRole('dialog', { name: t('tag.delete') })
  await sure.getByRole('listitem').filter({ hasText: t('tag.used.contacts') }).filter({ hasText: /[1١]/ }).waitFor()
  assert.deepEqual(await violations(page), [])
  await sure.getByRole('button', { name: t('tag.delete'), exact: true }).click()
  await sure.waitFor({ state: 'detached' })
  assert.deepEqual((await world.api(`/contacts/${contact.id}`)).tags, [])
})

everywhere('the customers of picked conversations are tagged together, and the change is taken back', {}, async ({ page, t, world, demo, locale }) => {
  const name = `${named[locale]} 2`
  const [, tag] = words[locale]
  const made = await world.api('/tags', { name: tag }, 'POST')
  const phone = world.newPhone()
  await world.write(phone, name, 'hello')
  await world.conversation(phone)
  await page.goto(`${demo.url}/inbox?view=all`)
  const { rows } = inbox(page, t)
  const row = rows.filter({ hasText: name })
  await row.waitFor()
  await page.keyboard.press('x')
  await page.getByRole('checkbox', { name }).click()
  await page.getByRole('button', { name: t('work.bulk.more'), exact: true }).click()
  await page.getByRole('menuitem', { name: t('work.bulk.do_tags') }).click()
  const dialog = page.getByRole('dialog', { name: t('work.bulk.do_tags') })
  await dialog.getByRole('button', { name: tag }).click()
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: t('work.bulk.do_tags') }).click()
  await row.getByText(tag).waitFor()
  await page.getByRole('button', { name: t('work.bulk.undo') }).first().click()
  await row.getByText(tag).waitFor({ state: 'detached' })
  await world.api(`/tags/${made.id}`, undefined, 'DELETE')
})
