// One person under two contacts: suggested beside the conversation with the reasons, compared, merged, parted again, and the queue worked by keys.
import assert from 'node:assert/strict'
import { settled, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
// Nearly the same, as people write them; the second journey's share a mailbox.
const names = { en: ['Nadia Rahmani', 'Nadia Rahmany', 'Lukas Berger', 'L. B.'], ar: ['نادية الرحماني', 'ناديه رحماني', 'لوكاس بيرغر', 'ل. ب.'] }

async function customer(world, name) {
  const phone = world.newPhone()
  await world.write(phone, name, 'hello')
  return { phone, ...(await world.conversation(phone)) }
}

const suggested = (world, contact) => until('it is suggested', async () => (await world.api(`/contacts/${contact.id}/duplicates`)).items.length > 0, 20_000)

everywhere('a customer with two numbers is merged beside the conversation, and parted again', {}, async ({ page, t, world, demo, locale }) => {
  const [first, second] = names[locale]
  const one = await customer(world, first)
  const other = await customer(world, second)
  await suggested(world, other.contact)
  await page.goto(`${demo.url}/inbox/${other.id}?view=all`)
  await settled(page, t)
  await page.getByRole('button', { name: t('thread.show_context') }).click()
  const part = page.getByRole('region', { name: t('same.title'), exact: true })
  await part.getByText(first, { exact: true }).waitFor()
  // The button's tip goes with the pointer.
  await page.mouse.move(4, 4)
  await page.getByRole('tooltip').waitFor({ state: 'detached' })
  assert.deepEqual(await violations(page), [])
  await part.getByRole('button', { name: t('same.compare') }).click()
  const dialog = page.getByRole('dialog', { name: t('same.title') })
  await dialog.getByText(t('same.stays'), { exact: true }).waitFor()
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: t('same.merge'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await until('both numbers lead to one', async () => (await world.api(`/contacts/${one.contact.id}`)).identities.filter(({ kind }) => kind === 'wa_id').length === 2)
  assert.equal((await world.api(`/conversations/${other.id}`)).contact.id, one.contact.id, 'its conversation is the one\'s')

  // The contact's page tells what became part of it, and the way back.
  await page.goto(`${demo.url}/contacts/${one.contact.id}`)
  await page.getByRole('list', { name: t('same.made_of') }).getByText(second).waitFor()
  await page.getByRole('list', { name: t('history.title') }).getByText(t('history.contact.merged')).waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('list', { name: t('same.made_of') }).getByRole('button', { name: t('same.part'), exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: t('same.part'), exact: true }).click()
  await page.getByRole('list', { name: t('same.made_of') }).waitFor({ state: 'detached' })
  assert.equal((await world.api(`/contacts/${other.contact.id}`)).identities.filter(({ kind }) => kind === 'wa_id').length, 1)
  assert.equal((await world.api(`/conversations/${other.id}`)).contact.id, other.contact.id)
  assert.equal((await world.api(`/contacts/${one.contact.id}/duplicates`)).items.length, 0, 'who was parted is not suggested again')
})

everywhere('pairs are worked through by keys, and the last one is taken back', {}, async ({ page, t, world, demo, locale }) => {
  const [, , first, second] = names[locale]
  const one = await customer(world, first)
  const other = await customer(world, second)
  const mail = `lukas-${locale}@dune-thread.example`
  await world.api(`/contacts/${one.contact.id}`, { email: mail }, 'PATCH')
  await world.api(`/contacts/${other.contact.id}`, { fields: { second_mail: mail.toUpperCase() } }, 'PATCH')
  await suggested(world, one.contact)
  await page.goto(`${demo.url}/contacts`)
  await page.getByRole('link', { name: t('same.page') }).click()
  await settled(page, t)
  const pair = page.getByRole('region', { name: t('same.one'), exact: true })
  // The demo may have pairs of its own; the likeliest stand first.
  await pair.getByRole('link', { name: first }).waitFor()
  await pair.getByText(mail).first().waitFor()
  assert.deepEqual(await violations(page), [])

  await page.keyboard.press('a')
  await pair.getByRole('link', { name: first }).waitFor({ state: 'detached' })
  await until('they stay two', async () => (await world.api(`/contacts/${one.contact.id}/duplicates`)).items.length === 0)
  await page.keyboard.press('u')
  await pair.getByRole('link', { name: first }).waitFor()
  await page.keyboard.press('1')
  await until('they are one', async () => (await world.api(`/contacts/${one.contact.id}/merges`)).items.length === 1)
  await page.keyboard.press('u')
  await until('they are two again', async () => (await world.api(`/contacts/${one.contact.id}/merges`)).items.length === 0)
  assert.equal((await world.api(`/contacts/${other.contact.id}`)).name, second)
})
