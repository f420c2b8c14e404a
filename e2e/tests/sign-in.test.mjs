// The door, the language and the theme.
import assert from 'node:assert/strict'
import { inbox } from '../lib/browser.mjs'
import { suite } from '../lib/suite.mjs'

const { journey, everywhere } = suite()

everywhere('a wrong password says so, the right one opens the inbox', { anonymous: true, path: '/inbox' }, async ({ page, t, demo }) => {
  await page.waitForURL(/\/sign-in/)
  await page.getByLabel(t('sign_in.email')).fill(demo.email)
  await page.getByLabel(t('sign_in.password')).fill('not the password')
  await page.getByRole('button', { name: t('sign_in.button') }).click()
  await page.getByText(t('error.bad_credentials')).waitFor()
  await page.getByLabel(t('sign_in.password')).fill(demo.password)
  await page.getByRole('button', { name: t('sign_in.button') }).click()
  await page.waitForURL(/\/inbox/)
  await page.getByRole('navigation').first().waitFor()
})

journey('signing out closes the door', {}, async ({ page, t, demo }) => {
  await page.goto(`${demo.url}/account`)
  await page.getByRole('button', { name: t('action.sign_out'), exact: true }).click()
  await page.waitForURL(/\/sign-in/)
  await page.goto(`${demo.url}/inbox`)
  await page.waitForURL(/\/sign-in/)
})

journey('switching the language mirrors the frame and is remembered', { path: '/account' }, async ({ page }) => {
  const root = page.locator('html')
  const railAt = () => page.getByRole('navigation').first().boundingBox()
  const start = (await railAt()).x
  assert.equal(await root.getAttribute('dir'), 'ltr')
  assert.equal(start, 0)
  const choose = async (now, name) => {
    await page.getByRole('button', { name: now }).click()
    await page.getByRole('option', { name }).click()
  }
  await choose(/English/, 'العربية')
  await page.locator('html[dir=rtl][lang=ar]').waitFor()
  assert.ok((await railAt()).x > 1300, 'the rail stands at the right')
  await page.reload()
  await page.locator('html[dir=rtl][lang=ar]').waitFor()
  await choose(/العربية/, 'English')
  await page.locator('html[dir=ltr][lang=en]').waitFor()
})

everywhere('the dark theme is dark, on the first paint too', { theme: 'dark' }, async ({ page, t }) => {
  await inbox(page, t).rows.first().waitFor()
  const luminance = () => page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d')
    canvas.fillStyle = getComputedStyle(document.body).backgroundColor
    canvas.fillRect(0, 0, 1, 1)
    return canvas.getImageData(0, 0, 1, 1).data[0]
  })
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
  assert.ok((await luminance()) < 60)
})
