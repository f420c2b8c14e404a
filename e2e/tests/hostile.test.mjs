// What hostile customers and systems write is shown as what it is: nothing of it runs, nothing of it is fetched (F39).
import assert from 'node:assert/strict'
import { inbox } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { groups, payloads } from '../lib/payloads.mjs'
import { suite } from '../lib/suite.mjs'

const { journey } = suite()

/** Listens for anything that runs or leaves; `clean()` fails when something did. */
async function guarded(page) {
  const seen = []
  await page.exposeFunction('hit', (n) => seen.push(`payload ${n} ran: ${payloads[n]}`))
  page.on('dialog', (dialog) => {
    seen.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  const own = new URL(page.url()).origin
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (origin !== own && protocol !== 'blob:') seen.push(`asked for ${request.url()}`)
  })
  page.context().on('page', (other) => seen.push(`opened ${other.url()}`))
  return {
    clean: async (where) => {
      // What is in the page as an element, a handler or a link must be ours.
      const foreign = await page.evaluate(() => [...document.querySelectorAll('*')].flatMap((one) => {
        const handlers = [...one.attributes].filter(({ name, value }) => name.startsWith('on') || /^\s*(javascript|vbscript|data:text)/i.test(value.replace(/[\t\n]/g, '')) && ['href', 'src', 'action', 'data', 'srcdoc'].includes(name))
        const strange = ['iframe', 'object', 'embed', 'marquee', 'math', 'base', 'form'].includes(one.localName) && !one.closest('[data-own]') && /hit|evil/.test(one.outerHTML.slice(0, 400))
        return handlers.length > 0 || strange ? [one.outerHTML.slice(0, 200)] : []
      }))
      assert.deepEqual(foreign, [], `${where}: foreign elements`)
      assert.deepEqual(seen, [], where)
    },
  }
}

journey('300 payloads in messages, captions, file names, cards, places and replies', {}, async ({ page, t, world, demo }) => {
  assert.equal(payloads.length, 300)
  const watch = await guarded(page)
  const phone = world.newPhone()
  const inject = (message, name = payloads[0]) => world.control('/whatsapp/inbound', { from: phone, name: name.slice(0, 200), message, wait: false })
  for (const [index, text] of payloads.entries()) await inject({ type: 'text', text: { body: text } }, payloads[(index * 7) % payloads.length])
  for (const [index, texts] of groups(10).entries()) {
    const [one, two, three, ...rest] = texts
    await inject({ type: 'document', document: { filename: `${one}.svg`, caption: texts.join('\n'), mime_type: 'image/svg+xml', data: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" onload="hit(${index})"><script>hit(${index})</script></svg>`).toString('base64') } })
    await inject({ type: 'image', image: { caption: two, mime_type: 'image/png' } })
    await inject({ type: 'location', location: { latitude: 25.2, longitude: 55.27, name: three, address: rest[0], url: `javascript:hit(${index})` } })
    await inject({ type: 'contacts', contacts: rest.map((text) => ({ name: { formatted_name: text, first_name: text }, phones: [{ phone: text.slice(0, 60) }], emails: [{ email: text.slice(0, 60) }], org: { company: text }, urls: [{ url: text }] })) })
    await inject({ type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: one, title: two } } })
    await inject({ type: 'button', button: { text: one, payload: two } })
    await inject({ type: 'order', order: { catalog_id: one, text: two, product_items: [{ product_retailer_id: three, quantity: 1, item_price: 1, currency: 'USD' }] } })
  }
  const { id, contact } = await world.conversation(phone)
  await until('everything has arrived', async () => (await world.messages(id)).some((message) => message.kind === 'order'), 30_000)
  await page.goto(`${demo.url}/inbox/${id}`)
  const { log } = inbox(page, t)
  await log.getByRole('article').first().waitFor()
  await watch.clean('the newest part of the thread')
  // Back to the first of them: older ones are fetched while one scrolls.
  const box = page.getByRole('region', { name: t('thread.scroll') })
  await until('the whole thread is shown', async () => {
    await box.evaluate((one) => one.scrollTo({ top: -one.scrollHeight }))
    return (await log.getByRole('article').count()) >= 300 && !(await page.getByRole('button', { name: t('thread.older') }).isVisible())
  }, 40_000)
  await watch.clean('the whole thread')
  // Links lead to the web or nowhere.
  const links = await log.getByRole('link').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
  assert.ok(links.every((href) => /^(https?:|mailto:|tel:|blob:|\/)/.test(href ?? '')), links.find((href) => !/^(https?:|mailto:|tel:|blob:|\/)/.test(href ?? '')))
  await page.goto(`${demo.url}/contacts/${contact.id}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await watch.clean('the customer')
  await page.goto(`${demo.url}/search?q=hit`)
  await page.getByRole('list', { name: t('search.results') }).waitFor({ timeout: 20_000 })
  await watch.clean('the search')
})

journey('300 payloads in names and fields from the CRM and programs, in notes and answers', {}, async ({ page, t, world, demo }) => {
  const watch = await guarded(page)
  const phone = world.newPhone()
  await world.write(phone, 'Plain Person', 'hello')
  const { id } = await world.conversation(phone)
  // Somebody of their own for every group: each name and each field is looked at, none is written over.
  const people = []
  for (const texts of groups(20)) {
    await world.api(`/conversations/${id}/notes`, { body: texts.join('\n') })
    const { id: who } = await world.api('/contacts', { name: texts[0].replace(/[\t\n]/g, ' ').slice(0, 200), phone: `+${world.newPhone()}` })
    await world.api(`/contacts/${who}`, { fields: Object.fromEntries(texts.slice(1).map((text, index) => [`field_${index}`, text])) }, 'PATCH')
    people.push(who)
  }
  for (const texts of groups(30)) {
    const [one, two, three] = texts
    const content = { type: 'interactive', kind: 'button', body: texts.slice(3).join(' ').slice(0, 1000), footer: one.slice(0, 60), summary: two, action: { buttons: [{ type: 'reply', reply: { id: '1', title: three.slice(0, 20) } }] } }
    await world.api(`/conversations/${id}/messages`, { content })
  }
  let number = Number(world.newPhone()) * 100
  for (const text of payloads.slice(0, 60)) await world.api('/contacts', { name: text.replace(/[\t\n]/g, ' ').slice(0, 200), phone: `+${String((number += 1)).slice(0, 12)}` }).catch(() => undefined)
  await page.goto(`${demo.url}/inbox/${id}`)
  await inbox(page, t).log.getByRole('article').first().waitFor()
  await watch.clean('notes and answers')
  for (const [group, who] of people.entries()) {
    await page.goto(`${demo.url}/contacts/${who}`)
    await page.getByText('field 18', { exact: true }).first().waitFor()
    await watch.clean(`name and fields of group ${group}`)
  }
  await page.goto(`${demo.url}/contacts`)
  await page.getByRole('link').nth(5).waitFor()
  await watch.clean('the list of customers')
  // The palette shows names and messages too.
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('searchbox').fill('hit')
  await page.getByRole('option').or(page.getByRole('menuitem')).first().waitFor()
  await watch.clean('the palette')
})

journey('what a browser could run is only handed out to be saved, under a policy without exceptions', {}, async ({ page, world, demo }) => {
  const answer = await page.request.get(`${demo.url}/inbox`)
  const policy = answer.headers()['content-security-policy']
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /script-src 'self'(;|$)/)
  assert.ok(!/unsafe-(inline|eval)|data:|\*/.test(policy), policy)
  assert.equal(answer.headers()['x-content-type-options'], 'nosniff')
  const phone = world.newPhone()
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>parent.hit?.(1)</script></svg>').toString('base64')
  const html = Buffer.from('<script>hit(2)</script>').toString('base64')
  await world.control('/whatsapp/inbound', { from: phone, name: 'File Person', message: { type: 'document', document: { filename: 'picture.svg', mime_type: 'image/svg+xml', data: svg } } })
  await world.control('/whatsapp/inbound', { from: phone, name: 'File Person', message: { type: 'document', document: { filename: 'page.html', mime_type: 'text/html', data: html } } })
  const { id } = await world.conversation(phone)
  const files = await until('the files are here', async () => {
    const found = (await world.messages(id)).filter((message) => message.media?.state === 'stored')
    return found.length === 2 && found
  }, 30_000)
  for (const { media } of files) {
    const file = await page.request.get(`${demo.url}/api/v1/media/${media.id}`)
    const headers = file.headers()
    assert.match(headers['content-disposition'], /^attachment/, `${media.filename} is saved, not shown`)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(headers['content-security-policy'], /default-src 'none'/)
    assert.ok(!/html|svg|xml|script/.test(headers['content-type']) || /sandbox|attachment/.test(`${headers['content-security-policy']} ${headers['content-disposition']}`), headers['content-type'])
  }
})
