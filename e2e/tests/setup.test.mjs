// Set-up pages: channels, connections, people, tokens, health.
import assert from 'node:assert/strict'
import { suite } from '../lib/suite.mjs'
import { pattern } from '../lib/words.mjs'

const { everywhere } = suite()

everywhere('connecting a number: what is wrong is said at its field', { path: '/channels' }, async ({ page, t, demo }) => {
  await page.getByRole('button', { name: t('channels.add') }).first().click()
  const dialog = page.getByRole('dialog', { name: t('channels.add') })
  const fill = (name, value) => dialog.getByLabel(t(`channels.field.${name}`), { exact: true }).fill(value)
  await fill('phone_number_id', 'not a number')
  await fill('waba_id', '102290129340398')
  await fill('access_token', 'a-token')
  await fill('app_secret', 'a-secret')
  await dialog.getByRole('button', { name: t('channels.connect') }).click()
  const field = dialog.getByLabel(t('channels.field.phone_number_id'), { exact: true })
  await dialog.locator('input[aria-invalid=true]').first().waitFor()
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
  assert.ok(await field.getAttribute('aria-describedby'))
  assert.ok(demo.url)
})

everywhere('connecting a CRM: each kind asks for what it needs, and says what is wrong at its field', { path: '/connections' }, async ({ page, t }) => {
  await page.getByRole('button', { name: t('connections.add') }).first().click()
  const dialog = page.getByRole('dialog', { name: t('connections.add') })
  await dialog.getByLabel(t('connections.credential.hubspot.access_token.label'), { exact: true }).waitFor()
  await dialog.getByRole('button').filter({ hasText: 'HubSpot' }).click()
  await page.getByRole('option', { name: 'Zendesk' }).click()
  const fill = (name, value) => dialog.getByLabel(t(`connections.credential.zendesk.${name}.label`), { exact: true }).fill(value)
  await dialog.getByLabel(t('channels.field.base_url'), { exact: true }).fill('http://10.0.0.1')
  await fill('email', 'agent@shop.example')
  await fill('api_token', 'zd-token')
  await dialog.getByRole('button', { name: t('connections.connect'), exact: true }).click()
  await dialog.locator('input[aria-invalid=true]').first().waitFor()
  assert.equal(await dialog.getByLabel(t('channels.field.base_url'), { exact: true }).getAttribute('aria-invalid'), 'true')
})

everywhere('a channel shows its state, its check and its templates', { path: '/channels' }, async ({ page, t }) => {
  await page.getByRole('link', { name: /Dune & Thread/ }).first().click()
  await page.getByRole('heading', { name: 'Dune & Thread' }).waitFor()
  await page.getByRole('button', { name: t('channel.check') }).click()
  await page.getByRole('list', { name: t('findings.title') }).getByRole('listitem').first().waitFor()
  await page.getByRole('button', { name: t('channel.sync_templates') }).click()
  await page.getByRole('list', { name: t('channel.templates') }).getByText('appointment_reminder').first().waitFor()
})

everywhere('connections: the CRM is listed and its fields can be seen', { path: '/connections' }, async ({ page, t }) => {
  await page.getByRole('link', { name: /HubSpot/ }).first().click()
  await page.getByRole('heading', { name: /HubSpot/ }).waitFor()
  await page.getByText(t('mapping.title'), { exact: true }).waitFor()
  await page.getByRole('list', { name: t('mapping.title') }).getByRole('button', { name: /First ?name/i }).first().waitFor()
})

everywhere('a team and a token are made; the token works', { path: '/team' }, async ({ page, t, demo, locale }) => {
  const name = `Night shift ${locale}`
  await page.getByRole('button', { name: t('team.add_team') }).click()
  await page.getByRole('dialog').getByLabel(t('contact.name'), { exact: true }).fill(name)
  await page.getByRole('dialog').getByRole('button', { name: t('common.save') }).click()
  await page.getByRole('list', { name: t('team.teams') }).getByText(name).waitFor()
  await page.getByRole('button', { name: t('token.add') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('contact.name'), { exact: true }).fill(`script ${locale}`)
  await dialog.getByRole('button', { name: t('token.add') }).click()
  const secret = await dialog.getByText(/^rpt_/).first().textContent()
  const answer = await fetch(`${demo.url}/api/v1/conversations?limit=1`, { headers: { authorization: `Bearer ${secret.trim()}` } })
  assert.equal(answer.status, 200)
  await dialog.getByRole('button', { name: t('token.done') }).click()
  await page.getByText(`script ${locale}`).first().waitFor()
})

everywhere('health: counts add up and findings have words of the language', { path: '/health' }, async ({ page, t, locale }) => {
  await page.getByText(t('health.balanced'), { exact: true }).waitFor()
  const findings = page.getByRole('list', { name: t('findings.title') })
  await findings.getByRole('listitem').first().waitFor()
  const text = await findings.innerText()
  assert.match(text, locale === 'ar' ? /قاعدة البيانات تستجيب/ : /The database answers/)
  assert.doesNotMatch(text, /{\w+}/)
})

everywhere('why a message went: the rules in words', {}, async ({ page, t, world, demo, locale }) => {
  const phone = world.newPhone()
  await world.write(phone, 'Why Person', 'hello')
  const { id } = await world.conversation(phone)
  await world.api(`/conversations/${id}/messages`, { content: { type: 'text', body: 'because' } })
  await page.goto(`${demo.url}/inbox/${id}`)
  const message = page.getByRole('article').filter({ hasText: 'because' })
  await page.locator('article[data-status=read]').filter({ hasText: 'because' }).waitFor()
  await message.hover()
  await message.getByRole('button', { name: t('why.open') }).click()
  const dialog = page.getByRole('dialog', { name: t('why.title') })
  await dialog.getByText(t('guard.allow')).waitFor()
  await dialog.getByText(t('guard_rule.window')).waitFor()
  await dialog.getByText(t('guard.window.open')).waitFor()
  await dialog.getByText(pattern(locale, 'why.not_applied_other')).waitFor()
  assert.doesNotMatch(await dialog.innerText(), /guard\.|guard_/)
})
