// Takes the README's pictures from the demo: `node pictures.mjs`.
import { mkdirSync } from 'node:fs'
import { inbox, person, startBrowser } from './lib/browser.mjs'
import { startDemo } from './lib/demo.mjs'
import { outside, until } from './lib/outside.mjs'

const folder = new URL('../docs/images/', import.meta.url).pathname
mkdirSync(folder, { recursive: true })
const [demo, browser] = await Promise.all([startDemo(), startBrowser()])
const world = outside(demo)

async function take(file, name, options, prepare) {
  const somebody = await person(browser, demo, { ...options, email: demo.email })
  const page = await somebody.open('/inbox')
  const parts = inbox(page, somebody.t)
  await parts.row(name).first().click()
  await parts.log.waitFor()
  await prepare?.(page, parts, somebody)
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem('rapport.prefs') ?? '{}')
    localStorage.setItem('rapport.prefs', JSON.stringify({ ...kept, context: true }))
  })
  await page.reload()
  await parts.log.getByRole('article').first().waitFor()
  await page.mouse.move(28, 600)
  await page.waitForTimeout(1_500)
  await page.screenshot({ path: folder + file })
  await somebody.close()
}

await take('inbox.png', /James O.Connor/, { locale: 'en', theme: 'light' }, async (page, { button, noteBox, message, box }, { t }) => {
  await box.waitFor()
  await button('composer.note').click()
  await noteBox.fill('Covent Garden has the navy one in L. Put aside until Sunday.')
  await button('composer.save_note').click()
  await message('Put aside until Sunday').waitFor()
  await page.getByRole('button', { name: t('composer.reply'), exact: true }).click()
})
await take('inbox-ar-dark.png', /نورة السبيعي/, { locale: 'ar', theme: 'dark' }, async (_page, { box, send, message }) => {
  await box.fill('سعره 320 درهمًا، ولطلبك الأول خصم 10٪. هل أحجزه لك؟')
  await send.click()
  await message('هل أحجزه لك').waitFor()
  await until('it was read', async () => (await world.api('/conversations?view=all&q=966503450103')).items[0]?.last_message?.status === 'read')
})
await browser.close()
await demo.stop()
