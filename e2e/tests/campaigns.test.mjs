// Campaigns: prepared, looked at, started, and told who got nothing and why; one that waits for its moment is cancelled.
import assert from 'node:assert/strict'
import { violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()

/** A template without blanks that goes out at once. */
const TEMPLATE = 'hello_world'
const NOBODY = '01990000-0000-7000-8000-00000000dead'

/** Fills the form for a list of recipients. */
async function prepare(page, t, name, contacts) {
  await page.getByRole('textbox', { name: t('campaigns.name'), exact: true }).fill(name)
  await page.getByRole('button', { name: new RegExp(t('campaigns.choose_template')) }).click()
  await page.getByRole('option', { name: new RegExp(TEMPLATE) }).click()
  await page.getByRole('region', { name: t('template.preview') }).getByText(/Welcome and congratulations/).waitFor()
  await page.getByText(t('campaigns.audience.list'), { exact: true }).click()
  await page.getByRole('textbox', { name: t('campaigns.list'), exact: true }).fill(contacts.join('\n'))
}

everywhere('a campaign is prepared, looked at and started, and says who got nothing', { path: '/campaigns' }, async ({ page, t, locale }) => {
  const tail = locale === 'en' ? '1' : '2'
  await page.getByRole('button', { name: t('campaigns.new'), exact: true }).first().click()
  // A number that cannot be is named, where it stands.
  await prepare(page, t, `Opening ${locale}`, [`+97155123400${tail}`, '123456789012345678'])
  assert.deepEqual(await violations(page), [])
  await page.getByRole('button', { name: t('campaigns.save'), exact: true }).click()
  const list = page.getByRole('textbox', { name: t('campaigns.list'), exact: true })
  await until('the field is marked', async () => (await list.getAttribute('aria-invalid')) === 'true')
  await list.fill([`+97155123400${tail}`, `Amal; +971 55 123 401${tail}`, `+97155123400${tail}`, NOBODY].join('\n'))
  await page.getByRole('button', { name: t('campaigns.save'), exact: true }).click()

  await page.getByRole('heading', { name: `Opening ${locale}` }).waitFor()
  await page.getByText(t('forecast.customers'), { exact: true }).waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('button', { name: t('campaigns.start'), exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: t('campaigns.start'), exact: true }).click()
  await page.getByText(t('campaigns.status.finished'), { exact: true }).waitFor({ timeout: 30_000 })

  const recipients = page.getByRole('list', { name: t('campaigns.recipients') })
  await recipients.getByText(t('campaigns.skip.gone'), { exact: true }).waitFor()
  assert.equal(await recipients.getByRole('listitem').count(), 3)
  await page.getByRole('list', { name: t('campaigns.by_state') }).getByRole('button', { name: new RegExp(t('campaigns.state.skipped')) }).click()
  await until('only who got nothing', async () => (await recipients.getByRole('listitem').count()) === 1)
  assert.deepEqual(await violations(page), [])

  // Its list shows how far it has come.
  await page.goto(new URL('/campaigns', page.url()).href)
  const row = page.getByRole('list', { name: t('campaigns.title') }).getByRole('link', { name: new RegExp(`Opening ${locale}`) })
  await row.getByText(t('campaigns.status.finished'), { exact: true }).waitFor()
})

everywhere('a campaign that waits for its moment is cancelled', { path: '/campaigns/new' }, async ({ page, t, locale }) => {
  await prepare(page, t, `Later ${locale}`, ['+971551234099'])
  await page.getByText(t('campaigns.when_of.later'), { exact: true }).click()
  assert.equal(await page.getByRole('button', { name: t('campaigns.save'), exact: true }).isDisabled(), true, 'half a moment is not "at once"')
  await page.getByLabel(t('campaigns.moment')).fill(new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 16))
  await page.getByRole('button', { name: t('campaigns.save'), exact: true }).click()
  await page.getByRole('heading', { name: `Later ${locale}` }).waitFor()
  await page.getByRole('button', { name: t('campaigns.schedule'), exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: t('campaigns.schedule'), exact: true }).click()
  await page.getByText(t('campaigns.status.scheduled'), { exact: true }).waitFor()
  await page.getByRole('button', { name: t('campaigns.cancel'), exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: t('campaigns.cancel'), exact: true }).click()
  await page.getByText(t('campaigns.status.cancelled'), { exact: true }).waitFor()
})
