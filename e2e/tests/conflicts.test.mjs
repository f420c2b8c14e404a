// Both sides change a field while they cannot hear of each other: the difference waits, is settled by keys, taken back, and made into a rule.
import assert from 'node:assert/strict'
import { settled, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
const words = { en: ['Amal Haddad', 'Noor', 'Salma'], ar: ['أمل حداد', 'نور', 'سلمى'] }

/** A customer whose first name both sides changed; theirs was changed later. */
async function differing(world, connection, before, ours, theirs) {
  const phone = world.newPhone()
  await world.write(phone, before, 'hello')
  const { contact } = await world.conversation(phone)
  const find = async () => (await world.control('/hubspot/contacts')).items.find((one) => JSON.stringify(one).includes(phone))
  const record = await until('the customer is in the CRM', find)
  await until('both are in step', async () => (await world.api(`/contacts/${contact.id}`)).sync[0]?.state === 'in_step')
  const pause = (status) => world.api(`/connections/${connection}`, { status }, 'PATCH')
  await pause('paused')
  // What was under way when it was paused ends first.
  await until('nothing waits', async () => (await world.api(`/connections/${connection}`)).backlog === 0)
  await world.api(`/contacts/${contact.id}`, { name: ours }, 'PATCH')
  await world.control(`/hubspot/contacts/${record.id}`, { properties: { firstname: theirs, lastname: '' } })
  await pause('active')
  const both = async (name) => {
    const there = (await find()).properties
    return there.firstname === name && (await world.api(`/contacts/${contact.id}`)).name.startsWith(name)
  }
  return { contact, both }
}

everywhere('a difference is settled by a key, taken back, and made into a rule', {}, async ({ page, t, world, demo, locale }) => {
  const [before, ours, theirs] = words[locale]
  const [{ id: connection, name }] = (await world.api('/connections')).items
  const { contact, both } = await differing(world, connection, before, ours, theirs)
  const waiting = () => world.api(`/conflicts?field=first_name&q=${encodeURIComponent(contact.phone)}`).then(({ items }) => items)
  await until('the difference waits', async () => (await waiting()).length === 1)
  await until('theirs won', () => both(theirs))

  await page.goto(`${demo.url}/connections/conflicts`)
  await settled(page, t)
  const card = (system, value) => page.getByRole('region', { name: t('conflict.one') }).getByRole('button').filter({ hasText: system }).filter({ hasText: value })
  await page.getByRole('searchbox', { name: t('conflict.find') }).fill(contact.phone)
  await page.getByRole('heading', { level: 1 }).click()
  await card('Rapport', ours).waitFor()
  await card(name, theirs).waitFor()
  assert.deepEqual(await violations(page), [])

  // One key, and both sides have it; another, and all is as it was.
  await page.keyboard.press('1')
  await page.getByText(t('conflict.none_found'), { exact: true }).waitFor()
  await until('ours is on both sides', () => both(ours))
  await page.keyboard.press('u')
  await card('Rapport', ours).waitFor()
  await until('theirs is on both sides', () => both(theirs))
  // The arrow means the card on its side of the screen.
  await page.keyboard.press(locale === 'ar' ? 'ArrowRight' : 'ArrowLeft')
  await page.getByText(t('conflict.none_found'), { exact: true }).waitFor()
  await until('ours is on both sides again', () => both(ours))
  await page.keyboard.press('u')
  await card(name, theirs).waitFor()

  // For good, after a question; and asked again later.
  await page.keyboard.press('Shift+Digit2')
  const sure = page.getByRole('dialog', { name: t('conflict.always', { system: name }) })
  assert.deepEqual(await violations(page), [])
  await sure.getByRole('button', { name: t('conflict.do_it') }).click()
  const rules = page.getByRole('list', { name: t('conflict.rules') })
  await rules.getByText(t('conflict.field.first_name')).waitFor()
  assert.equal((await world.api(`/connections/${connection}/mappings`)).find((one) => one.local_field === 'first_name').prefer, 'theirs')
  await rules.getByRole('button').click()
  await rules.waitFor({ state: 'detached' })

  // The customer's history tells all of it; the connection's page tells how it went.
  await page.goto(`${demo.url}/contacts/${contact.id}`)
  const history = page.getByRole('list', { name: t('history.title') })
  await history.getByText(t('history.contact.conflict')).first().waitFor()
  assert.deepEqual(await violations(page), [])
  await page.goto(`${demo.url}/connections/${connection}`)
  await page.getByRole('table').getByRole('row').filter({ hasText: t('conflict.field.first_name') }).waitFor()
  await settled(page, t)
  assert.deepEqual(await violations(page), [])
})
