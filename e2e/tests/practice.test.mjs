// Practice: on a new installation without any number, from the first screen to a finished scenario and its review, and back.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { inbox, person, settled, startBrowser, violations } from '../lib/browser.mjs'
import { startFresh } from '../lib/fresh.mjs'
import { watched } from '../lib/suite.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser?.close())

/** What the customers say, as the script has it. */
const script = (locale) => JSON.parse(readFileSync(new URL(`../../crates/core/src/practice/words/${locale}.json`, import.meta.url)))

const questions = { en: 'Hello, what is the order number?', ar: 'مرحبًا، ما هو رقم الطلب؟' }
const answers = { en: 'It arrives tomorrow.', ar: 'يصل غدًا.' }

for (const locale of ['en', 'ar']) {
  test(`a scenario from the first screen to its review (${locale})`, { timeout: 150_000 }, async () => {
    const shop = await startFresh({ locale })
    const somebody = await person(browser, shop, { locale })
    const { t } = somebody
    const says = script(locale)
    const practiceBar = (page) => page.getByRole('complementary', { name: t('practice.title') })
    try {
      await watched(`practice (${locale})`, somebody, async () => {
        const page = await somebody.open()
        await page.getByRole('link', { name: t('action.go_practice') }).first().click()
        await page.getByRole('heading', { name: t('practice.title'), level: 1 }).waitFor()
        await settled(page, t)
        assert.deepEqual(await violations(page), [])
        await page.getByRole('button', { name: t('practice.enter') }).click()
        await practiceBar(page).waitFor()
        const title = t('practice.scenario.order.title')
        await page.getByRole('button', { name: `${t('practice.start')}: ${title}` }).press('Enter')
        await page.getByRole('link', { name: `${t('practice.open')}: ${title}` }).click()
        const { box, send, message, button } = inbox(page, t)
        await message(says['order.start']).waitFor()
        await page.locator('header').getByText(t('frame.practice'), { exact: true }).first().waitFor()
        assert.deepEqual(await violations(page), [])
        await box.fill(questions[locale])
        await send.click()
        await message(says['order.number']).waitFor({ timeout: 20_000 })
        await box.fill(answers[locale])
        await send.click()
        await message(says['order.thanks']).waitFor({ timeout: 20_000 })
        await button('thread.resolve').click()
        await practiceBar(page).getByRole('link', { name: t('practice.see_debrief') }).click({ timeout: 30_000 })
        const review = page.getByRole('list', { name: t('practice.debriefs') })
        await review.getByText(t('practice.point.order_number.good')).waitFor()
        await review.getByText(t('practice.point.resolved.good')).waitFor()
        await settled(page, t)
        assert.deepEqual(await violations(page), [])
        await practiceBar(page).getByRole('button', { name: t('practice.leave') }).click()
        await page.waitForURL(/\/inbox$/)
        await practiceBar(page).waitFor({ state: 'detached' })
        await page.getByRole('heading', { name: t('guide.title') }).waitFor()
        assert.equal(await inbox(page, t).rows.count(), 0, 'work has nothing of it')
        await page.goto(`${shop.url}/practice`)
        await page.getByRole('list', { name: t('practice.debriefs') }).waitFor()
        await page.getByRole('button', { name: t('practice.end'), exact: true }).click()
        await page.getByRole('dialog').getByRole('button', { name: t('practice.end'), exact: true }).click()
        await page.getByRole('heading', { name: t('practice.none_title') }).waitFor()
      })
    } finally {
      await shop.stop()
    }
  })
}
