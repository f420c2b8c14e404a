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
