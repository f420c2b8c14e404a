// A company's own CRM is described in a form, tried, connected, and described anew.
import assert from 'node:assert/strict'
import { settled, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()

everywhere('an own CRM is described, tried and connected', { path: '/connections' }, async ({ page, t, world, demo }) => {
  const address = `${demo.sandbox}/rest`
  const description = JSON.stringify(await world.control('/rest/flat/description'))
  const phone = `+${world.newPhone()}`
  const made = await world.control('/rest/flat/contacts', { name: 'Ana López', phone })

  await page.getByRole('button', { name: t('connections.add') }).first().click()
  const dialog = page.getByRole('dialog', { name: t('connections.add') })
  await dialog.getByRole('button').filter({ hasText: 'HubSpot' }).click()
  await page.getByRole('option', { name: /REST/ }).click()
  await dialog.getByRole('button', { name: t('own.open'), exact: true }).click()
  await page.getByRole('heading', { level: 1, name: t('own.title') }).waitFor()
  await settled(page, t)
  assert.deepEqual(await violations(page), [])

  // What is missing is said at its field, before anything is asked.
  await page.getByLabel(t('channels.field.base_url'), { exact: true }).fill(address)
  await page.getByRole('button', { name: t('own.try'), exact: true }).click()
  const list = page.getByRole('region', { name: t('own.section.list') })
  await list.locator('input[aria-invalid=true]').first().waitFor()

  // The rest comes as text.
  await page.getByText(t('own.json_show'), { exact: true }).click()
  await page.getByLabel(t('own.section.json'), { exact: true }).last().fill(description)
  await page.getByRole('button', { name: t('own.json_take'), exact: true }).click()
  await page.getByLabel(t('connections.credential.rest.token.label'), { exact: true }).fill('own-key')
  await page.getByRole('button', { name: t('own.try'), exact: true }).click()
  const records = page.getByRole('list', { name: t('own.first') })
  await records.getByText('Ana López').first().waitFor()
  assert.deepEqual(await violations(page), [])

  await page.getByRole('button', { name: t('connections.connect'), exact: true }).click()
  await page.getByText(t('mapping.title'), { exact: true }).waitFor()
  const id = page.url().split('/').pop()
  await until('the customer came over', async () => (await world.api(`/contacts?q=${encodeURIComponent(phone)}`)).items.length > 0)
  assert.equal((await world.api(`/connections/${id}/description`)).list.items, 'data')

  // The description is changed where it stands.
  await page.goto(`${demo.url}/connections/${id}/description`)
  const items = page.getByRole('region', { name: t('own.section.list') }).getByLabel(t('own.f.items'), { exact: true })
  await items.fill('nowhere')
  await page.getByRole('button', { name: t('common.save'), exact: true }).click()
  await page.getByRole('alert').filter({ hasText: 'nowhere' }).waitFor()
  await items.fill('data')
  await page.getByRole('button', { name: t('common.save'), exact: true }).click()
  await page.getByText(t('mapping.title'), { exact: true }).waitFor()
  await world.api(`/connections/${id}`, undefined, 'DELETE')
  await world.control(`/rest/flat/contacts/${made.id}`, undefined, 'DELETE').catch(() => undefined)
})
