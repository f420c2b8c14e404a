// What everybody needs: no accessibility fault on any page, in any theme and language, and the same landmarks and names in both.
import assert from 'node:assert/strict'
import { inbox, violations } from '../lib/browser.mjs'
import { languages, suite } from '../lib/suite.mjs'

const { journey, everywhere } = suite()

async function places(world) {
  const { items } = await world.api('/conversations?view=all&limit=20')
  const connections = await world.api('/connections').catch(() => ({ items: [] }))
  return {
    inbox: '/inbox', thread: `/inbox/${items[0].id}`, contacts: '/contacts', contact: `/contacts/${items[0].contact.id}`, channels: '/channels', channel: `/channels/${items[0].channel.id}`,
    connections: '/connections', ...(connections.items[0] ? { connection: `/connections/${connections.items[0].id}` } : {}), team: '/team', account: '/account', health: '/health', search: '/search?q=deliver', 'sign-in': '/sign-in',
  }
}

for (const locale of languages) {
  for (const theme of ['light', 'dark']) {
    journey(`axe finds nothing on any page (${theme}, ${locale})`, { locale, theme }, async ({ page, world, demo }) => {
      for (const [name, path] of Object.entries(await places(world))) {
        await page.goto(demo.url + path)
        await page.getByRole('main').first().waitFor()
        await page.waitForTimeout(500)
        assert.deepEqual(await violations(page), [], `${name} at ${path}`)
      }
    })
  }
  journey(`axe finds nothing on a phone (${locale})`, { locale, size: 'phone' }, async ({ page, world, demo }) => {
    const { thread, contact, health } = await places(world)
    for (const path of ['/inbox', thread, contact, health]) {
      await page.goto(demo.url + path)
      await page.getByRole('main').first().waitFor()
      await page.waitForTimeout(500)
      assert.deepEqual(await violations(page), [], path)
    }
  })
}

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

journey('no text of one language stands in the other', { locale: 'ar' }, async ({ page, world, demo }) => {
  const english = /\b(Search|Settings|Loading|Show|Save|Cancel|Open|Closed|Resolve|Assigned|Window|Findings|Health|Team|Channels|Contacts)\b/
  for (const [name, path] of Object.entries(await places(world))) {
    if (name === 'sign-in') continue
    await page.goto(demo.url + path)
    await page.getByRole('main').first().waitFor()
    await page.waitForTimeout(400)
    const labels = await page.evaluate(() => [...document.querySelectorAll('button, h1, h2, th, dt, label, [aria-label]')].map((one) => one.getAttribute('aria-label') ?? one.textContent ?? ''))
    assert.deepEqual(labels.filter((label) => english.test(label) && !/Dune|HubSpot/.test(label)), [], name)
  }
})
