// What everybody needs: no accessibility fault on any page, in any theme and language, and the same landmarks and names in both.
import assert from 'node:assert/strict'
import { inbox, settled, violations, visit } from '../lib/browser.mjs'
import { addresses } from '../lib/pages.mjs'
import { languages, suite } from '../lib/suite.mjs'

const { journey, everywhere } = suite()

/** Every page, a search with hits among them, the inbox and a conversation left out: one begins with those. */
async function others(world) {
  return (await addresses(world)).filter((path) => path !== '/inbox').map((path) => (path === '/search' ? '/search?q=deliver' : path))
}

async function thread(world) {
  const { items } = await world.api('/conversations?view=all&limit=20')
  return { path: `/inbox/${items[0].id}`, contact: `/contacts/${items[0].contact.id}` }
}

for (const locale of languages) {
  for (const theme of ['light', 'dark']) {
    journey(`axe finds nothing on any page (${theme}, ${locale})`, { locale, theme }, async ({ page, t, world, demo, somebody }) => {
      const wrong = []
      const look = async (path) => wrong.push(...(await violations(page)).map((fault) => `${path}: ${fault}`))
      for (const path of ['/inbox', (await thread(world)).path]) {
        await page.goto(demo.url + path)
        await settled(page, t)
        await look(path)
      }
      for (const path of await others(world)) {
        await visit(page, t, path)
        await look(path)
      }
      await somebody.context.clearCookies()
      await page.goto(`${demo.url}/sign-in`)
      await page.getByRole('heading', { name: t('sign_in.title') }).waitFor()
      await look('/sign-in')
      assert.deepEqual(wrong, [])
    })
  }
  journey(`axe finds nothing on a phone (${locale})`, { locale, size: 'phone' }, async ({ page, t, world, demo }) => {
    const { path: one, contact } = await thread(world)
    for (const path of ['/inbox', one, contact, '/health']) {
      await page.goto(demo.url + path)
      await settled(page, t)
      assert.deepEqual(await violations(page), [], path)
    }
  })
}

everywhere('at 200 % zoom nothing stands beside the page, and a customer can be answered', {}, async ({ page, t, world, demo }) => {
  // What a window of 1280 by 800 is to a page that is shown at twice its size.
  await page.setViewportSize({ width: 640, height: 400 })
  const { path: one, contact } = await thread(world)
  for (const path of ['/inbox', contact, '/contacts/duplicates', one]) {
    await page.goto(demo.url + path)
    await settled(page, t)
    assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth + 1), `${path} is wider than the window`)
    assert.deepEqual(await violations(page), [], path)
  }
  await page.getByRole('region', { name: t('composer.title'), exact: true }).waitFor()
})

everywhere('the inbox has its landmarks and names', {}, async ({ page, t }) => {
  const { rows, log } = inbox(page, t)
  await rows.first().click()
  await log.waitFor()
  await page.getByRole('navigation', { name: t('frame.main') }).first().waitFor()
  await page.getByRole('region', { name: t('inbox.title') }).waitFor()
  await page.getByRole('region', { name: t('composer.title') }).waitFor()
  await page.getByRole('main').waitFor()
  const tree = await page.getByRole('main').ariaSnapshot()
  // The same structure in every language: roles only, the words are the catalogue's.
  const roles = [...new Set([...tree.matchAll(/^\s*- (\w+)/gm)].map((hit) => hit[1]))]
  for (const role of ['region', 'list', 'listitem', 'link', 'log', 'article', 'heading', 'button']) assert.ok(roles.includes(role), `${role} is missing:\n${tree.slice(0, 2000)}`)
})

journey('no text of one language stands in the other', { locale: 'ar' }, async ({ page, t, world, demo }) => {
  const english = /\b(Search|Settings|Loading|Show|Save|Cancel|Open|Closed|Resolve|Assigned|Window|Findings|Health|Team|Channels|Contacts)\b/
  await page.goto(demo.url + (await thread(world)).path)
  await settled(page, t)
  for (const path of ['', ...(await others(world))]) {
    if (path) await visit(page, t, path)
    const labels = await page.evaluate(() => [...document.querySelectorAll('button, h1, h2, th, dt, label, [aria-label]')].map((one) => one.getAttribute('aria-label') ?? one.textContent ?? ''))
    assert.deepEqual(labels.filter((label) => english.test(label) && !/Dune|HubSpot/.test(label)), [], path)
  }
})
