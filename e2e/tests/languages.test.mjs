// Every language of the product: its words are there on every page, in its direction, and fit into the buttons, on a desk and on a phone.
import assert from 'node:assert/strict'
import { inbox, settled, visit } from '../lib/browser.mjs'
import { addresses } from '../lib/pages.mjs'
import { suite } from '../lib/suite.mjs'
import { allKeys, allLanguages } from '../lib/words.mjs'

const { journey } = suite()
const keys = allKeys()
const desk = { width: 1280, height: 800 }
const phone = { width: 390, height: 844 }
/** Texts of the page that are keys without words, and buttons whose words do not fit. */
function faults(page) {
  return page.evaluate((known) => {
    const names = new Set(known)
    const found = []
    const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) if (names.has(node.data.trim())) found.push(`no words for ${node.data.trim()}`)
    for (const element of document.querySelectorAll('[aria-label], [placeholder], [title]')) {
      for (const name of ['aria-label', 'placeholder', 'title']) if (names.has(element.getAttribute(name))) found.push(`no words for ${element.getAttribute(name)}`)
    }
    for (const button of document.querySelectorAll('button, [role=tab], [role=radio], label')) {
      // What a customer or colleague wrote may be cut with dots; the product's own words may not.
      if (!shown(button) || button.querySelector('bdi, [dir=auto]') || button.closest('[dir=auto], [aria-hidden=true]')) continue
      const cut = [button, ...button.querySelectorAll('span')].find((part) => part.clientWidth > 4 && part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== 'visible')
      if (cut) found.push(`cut: “${cut.textContent}” (${cut.clientWidth} of ${cut.scrollWidth} px)`)
      const box = button.getBoundingClientRect()
      const held = button.closest('[class*=overflow], [class*=sr-only]')
      if (!held && box.width > 1 && (box.right > innerWidth + 1 || box.left < -1)) found.push(`outside: “${button.textContent}” (${Math.round(box.left)} to ${Math.round(box.right)})`)
    }
    if (document.scrollingElement.scrollWidth > innerWidth + 1) found.push(`the page is ${document.scrollingElement.scrollWidth} px wide`)
    return found
  }, keys)
}

for (const locale of allLanguages) {
  journey(`the door speaks the language (${locale})`, { locale, anonymous: true, path: '/sign-in' }, async ({ page, t }) => {
    await page.locator(`html[lang=${locale}][dir=${locale === 'ar' ? 'rtl' : 'ltr'}]`).waitFor()
    await page.getByRole('heading', { name: t('sign_in.title') }).waitFor()
    for (const size of [desk, phone]) {
      await page.setViewportSize(size)
      assert.deepEqual(await faults(page), [], `${size.width} px`)
    }
  })

  journey(`every page has its words, and they fit (${locale})`, { locale }, async ({ page, t, world }) => {
    await page.setViewportSize(desk)
    const paths = await addresses(world)
    const wrong = []
    const look = async (path) => {
      for (const size of [desk, phone]) {
        await page.setViewportSize(size)
        await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
        wrong.push(...(await faults(page)).map((fault) => `${path} at ${size.width} px: ${fault}`))
      }
      wrong.push(...(await page.locator('main [role=alert]').allInnerTexts()).map((text) => `${path}: ${text}`))
      await page.setViewportSize(desk)
    }
    await inbox(page, t).rows.first().waitFor()
    await settled(page, t)
    await look('/inbox')
    await inbox(page, t).rows.first().click()
    await inbox(page, t).log.waitFor()
    await settled(page, t)
    await look('a conversation')
    for (const path of paths.filter((one) => one !== '/inbox')) {
      await visit(page, t, path)
      await look(path)
    }
    assert.equal(await page.locator('html').getAttribute('lang'), locale)
    assert.deepEqual(wrong, [])
  })
}

journey('the language changes on an open page, words of late pages included', { path: '/account' }, async ({ page }) => {
  const choose = async (now, next) => {
    await page.getByRole('button', { name: now }).click()
    await page.getByRole('option', { name: next }).click()
  }
  await choose(/English/, 'Русский')
  await page.locator('html[lang=ru]').waitFor()
  await page.getByRole('heading', { name: 'Присутствие' }).waitFor()
  await choose(/Русский/, '繁體中文')
  await page.locator('html[lang=zh-Hant]').waitFor()
  await page.getByRole('heading', { name: '線上狀態' }).waitFor()
  assert.deepEqual(await faults(page), [])
  await choose(/繁體中文/, 'English')
  await page.locator('html[lang=en]').waitFor()
})

journey('a browser that asks for Chinese of Taiwan gets traditional characters at once', { page: false }, async ({ browser, demo }) => {
  const context = await browser.newContext({ locale: 'zh-TW' })
  const page = await context.newPage()
  await page.goto(`${demo.url}/sign-in`)
  await page.locator('html[lang=zh-Hant]').waitFor()
  await page.getByRole('button', { name: '登入' }).waitFor()
  await context.close()
})
