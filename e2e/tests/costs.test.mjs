// Costs: what a plan would take is worked out before anything is sent; how long files are kept is chosen.
import assert from 'node:assert/strict'
import { violations } from '../lib/browser.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()

everywhere('a plan beyond the limit is shown in batches', { path: '/costs' }, async ({ page, t }) => {
  const region = page.getByRole('region', { name: t('forecast.title') })
  await region.getByText(t('forecast.whom_of.counts'), { exact: true }).click()
  await region.getByRole('textbox', { name: t('forecast.country'), exact: true }).fill('AE')
  await region.getByRole('textbox', { name: t('forecast.count'), exact: true }).fill('900000')
  await region.getByRole('button', { name: t('forecast.ask'), exact: true }).click()
  const answer = region.getByRole('status')
  await answer.getByText(t('forecast.customers'), { exact: true }).waitFor()
  await answer.getByText('80').first().waitFor()
  assert.deepEqual(await violations(page), [])
  await region.getByRole('textbox', { name: t('forecast.country'), exact: true }).fill('A')
  await region.getByRole('button', { name: t('forecast.ask'), exact: true }).click()
  await region.getByRole('alert').first().waitFor()
})

everywhere('files are kept for a time that is chosen, after it was said what goes', { path: '/health' }, async ({ page, t, locale }) => {
  const region = page.getByRole('region', { name: t('files.title') })
  await region.getByRole('button', { name: t('files.count'), exact: true }).waitFor()
  await region.getByRole('button', { name: new RegExp(t('files.keep')) }).click()
  // Both languages share one shop: each chooses another time.
  await page.getByRole('option').nth(locale === 'en' ? 3 : 4).click()
  await region.getByRole('button', { name: t('common.save'), exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: t('common.save'), exact: true }).click()
  await page.getByText(t('files.saved'), { exact: true }).waitFor()
  assert.deepEqual(await violations(page), [])
})
