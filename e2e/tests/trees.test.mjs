// What a screen reader is given on the main pages, in both directions of writing: roles and names as they were looked at once, kept in e2e/trees.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inbox, settled, visit } from '../lib/browser.mjs'
import { suite } from '../lib/suite.mjs'
import { compare, difference, masked } from '../lib/trees.mjs'

const { everywhere } = suite()
const customer = { en: 'Treetop Reader', ar: 'قارئة الشجرة' }
const said = { en: ['Where is my order?', 'It is about the blue one.'], ar: ['أين طلبي؟', 'أقصد الأزرق.'] }
/** Pages whose content is the demo's own and is not changed by a journey of this file. */
const pages = { 'settings-tags': '/settings/tags', 'settings-quick-replies': '/settings/quick-replies', 'settings-closing': '/settings/closing', 'settings-macros': '/settings/macros', 'settings-rules': '/settings/guard' }

everywhere('the main pages read as they were looked at', {}, async ({ page, t, world, demo, locale }) => {
  const phone = world.newPhone()
  for (const text of said[locale]) await world.write(phone, customer[locale], text)
  const { id, contact } = await world.conversation(phone)
  // The first of the two languages makes them.
  for (const name of ['VIP', 'عملاء الجملة']) await world.api('/tags', { name, description: 'Ships by air' }).catch(() => undefined)
  const wrong = []
  const look = async (name, ...parts) => wrong.push(await compare(parts, locale, name))
  const region = (key) => page.getByRole('region', { name: t(key), exact: true })

  await page.goto(`${demo.url}/inbox?q=${phone}`)
  await settled(page, t)
  const { row, message } = inbox(page, t)
  await row(customer[locale]).waitFor()
  await look('inbox', region('inbox.title'))

  await page.goto(`${demo.url}/inbox/${id}?q=${phone}`)
  await settled(page, t)
  await message(said[locale][1]).waitFor()
  await look('conversation', page.getByRole('log', { name: t('thread.messages') }), region('composer.title'))

  await visit(page, t, `/contacts/${contact.id}`)
  // What may be sent depends on the hour, and the CRM on its own pace.
  await look('contact', page.getByRole('heading', { level: 1 }), ...['tag.title', 'contact.details', 'contact.fields', 'contact.identities', 'block.title', 'contact.conversations', 'contact.consent.title'].map(region))
  for (const [name, path] of Object.entries(pages)) {
    await visit(page, t, path)
    await look(name, page.getByRole('main'))
  }
  assert.equal(wrong.filter(Boolean).join('\n'), '', 'the trees differ. Where that is meant: RENEW=1 ./run.sh tests/trees.test.mjs')
})

test('numbers, times and ids make no difference, words do', () => {
  assert.equal(masked('- link "٣ رسائل، ٥:٠٤ م":\n'), masked('- link "١٢ رسائل، ١١:٢٠ ص":\n'))
  assert.equal(masked('- link "Where? now"\n- time: 2 min'), masked('- link "Where? 59 min"\n- time: now'))
  assert.notEqual(masked('- heading "A" [level=2]'), masked('- heading "A" [level=3]'))
  assert.equal(masked('- text: 10:59 PM\n- /url: /inbox/01990000-0000-7000-8000-000000000001'), '- text: #\n- /url: /inbox/ID\n')
  assert.match(difference('a\nb\nc\n', 'a\nx\nc\n'), /- b\n\+ x/)
  assert.notEqual(masked('- button "Send"'), masked('- button "Sent"'))
})
