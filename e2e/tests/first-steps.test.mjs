// The first run: from an empty workspace to the first answered message, led by the guide.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inbox, person, startBrowser, violations } from '../lib/browser.mjs'
import { startFresh } from '../lib/fresh.mjs'
import { outside } from '../lib/outside.mjs'
import { watched } from '../lib/suite.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser?.close())

/** Somebody in a product that was installed a moment ago. */
function fresh(name, profile, body) {
  test(name, { timeout: 120_000 }, async () => {
    const shop = await startFresh({ locale: profile.locale })
    const somebody = await person(browser, shop, profile)
    try {
      await watched(name, somebody, async () => {
        const page = await somebody.open()
        await body({ shop, page, world: outside(shop), t: somebody.t, somebody })
      })
    } finally {
      await shop.stop()
    }
  })
}

/** The row of a step, by its state as a screen reader hears it. */
const step = (page, t, name, state) => page.getByRole('list', { name: t('guide.title') }).getByRole('listitem').filter({ hasText: `${t(`guide.step.${name}.title`)} (${t(`guide.state.${state}`)})` })

async function connect(shop, world) {
  await shop.provide()
  const { display_phone: _, ...number } = shop.number
  const { id } = await world.api('/channels', { kind: 'whatsapp', name: 'Shop', base_url: shop.sandbox, ...number })
  await shop.provide(id)
  return id
}

for (const locale of ['en', 'ar']) {
  fresh(`from nothing to the first answered message (${locale})`, { locale }, async ({ shop, page, world, t }) => {
    await step(page, t, 'channel', 'next').waitFor()
    await step(page, t, 'message', 'waits').waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByRole('button', { name: t('guide.action.add_channel') }).click()
    await page.getByRole('heading', { name: t('channels.title') }).first().waitFor()
    await page.goBack()
    await connect(shop, world)
    await step(page, t, 'channel', 'done').waitFor()
    await step(page, t, 'message', 'next').waitFor()
    await page.getByRole('button', { name: t('guide.action.write') }).waitFor()
    await world.write('971501112233', 'Amal', 'Is the linen shirt there?')
    await step(page, t, 'message', 'done').waitFor()
    await page.getByRole('button', { name: t('guide.action.open_conversation') }).click()
    const { box, send, message } = inbox(page, t)
    await message('Is the linen shirt there?').waitFor()
    await box.fill('Yes, in three colours')
    await send.click()
    await message('Yes, in three colours').waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: t('palette.title') }).waitFor()
    await page.keyboard.type(t('action.go_guide'))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: t('guide.title'), level: 1 }).waitFor()
    await step(page, t, 'answer', 'done').waitFor()
    await step(page, t, 'colleagues', 'next').waitFor()
    assert.deepEqual(await violations(page), [])
    assert.equal((await world.received('971501112233')).length, 1)
  })
}

fresh('on a phone the steps stand in the empty list, are put away, and are found again', { locale: 'en', size: 'phone', touch: true, theme: 'dark' }, async ({ page, t }) => {
  await step(page, t, 'channel', 'next').waitFor()
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing is wider than the phone')
  assert.deepEqual(await violations(page), [])
  await page.getByRole('button', { name: t('guide.hide') }).click()
  await page.getByText(t('inbox.empty.channel_title')).waitFor()
  await page.reload()
  await page.getByText(t('inbox.empty.channel_title')).waitFor()
  assert.equal(await page.getByRole('list', { name: t('guide.title') }).count(), 0, 'what was put away stays away')
  await page.getByRole('button', { name: t('frame.more') }).click()
  await page.getByRole('menuitem', { name: t('action.go_guide') }).click()
  await step(page, t, 'channel', 'next').waitFor()
  await page.getByText(t('guide.in_inbox')).click()
  await page.getByRole('link', { name: t('place.inbox') }).click()
  await step(page, t, 'channel', 'next').waitFor()
})
