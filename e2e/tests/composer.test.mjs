// The composer: answers kept ready, messages for later, changed before they go, formatting, keys of one's own, and a connection that is cut.
import assert from 'node:assert/strict'
import { inbox, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { pattern } from '../lib/words.mjs'
import { suite } from '../lib/suite.mjs'

const { journey, everywhere } = suite()

/** A fresh customer with an open window, and their thread on the page. */
async function meet({ world, page, t, demo }, name) {
  const phone = world.newPhone()
  await world.write(phone, name, 'hello')
  const { id, contact } = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${id}`)
  const parts = inbox(page, t)
  await parts.box.waitFor()
  return { phone, id, contact: contact.id, ...parts }
}

const bodies = (items) => items.map((one) => one.body?.text?.body ?? JSON.stringify(one))

const words = {
  en: { code: 'hours', title: 'Opening hours', en: 'Hello {first_name}, we open at nine. Your order {order} is ready.', ar: 'أهلا {first_name}، نفتح في التاسعة. طلبك {order} جاهز.', greeting: 'Hello Greta, we open at nine. Your order ' },
  ar: { code: 'دوام', title: 'ساعات العمل', en: 'Hello {first_name}, order {order}.', ar: 'أهلا {first_name}، نفتح في التاسعة. طلبك {order} جاهز.', greeting: 'أهلا Greta، نفتح في التاسعة. طلبك ' },
}

everywhere('a quick reply: slash, letters, Enter; its blanks are filled before it goes', {}, async (scene) => {
  const { world, page, t, locale } = scene
  const reply = words[locale]
  await world.api('/quick-replies', { shortcut: reply.code, title: reply.title, audience: 'shared', bodies: { en: reply.en, ar: reply.ar } })
  const { phone, contact, box, send } = await meet(scene, 'Greta Lind')
  await world.api(`/contacts/${contact}`, { language: locale }, 'PATCH')
  await page.reload()
  await box.click()
  await box.pressSequentially(`/${reply.code.slice(0, 2)}`)
  const list = page.getByRole('listbox', { name: t('quick.list') })
  const option = list.getByRole('option').filter({ hasText: reply.title })
  await option.waitFor()
  assert.equal(await option.getAttribute('aria-selected'), 'true')
  assert.equal(await box.getAttribute('aria-activedescendant'), await option.getAttribute('id'))
  assert.deepEqual(await violations(page), [], 'the open list')
  await page.keyboard.press('Enter')
  await list.waitFor({ state: 'detached' })
  assert.ok((await box.inputValue()).startsWith(reply.greeting), await box.inputValue())
  assert.ok(await send.isDisabled(), 'a blank is left')
  assert.equal(await box.evaluate((one) => one.value.slice(one.selectionStart, one.selectionEnd)), '{order}')
  await page.keyboard.type('1042')
  await send.click()
  await until('it arrived', async () => bodies(await world.received(phone)).some((body) => body.includes('1042') && body.startsWith(reply.greeting)))
  // The slash alone shows what is used most.
  await box.pressSequentially('/')
  await option.waitFor()
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'detached' })
  assert.equal(await box.inputValue(), '/', 'what was typed stays')
  await box.fill('and/or')
  assert.equal(await list.count(), 0, 'a slash inside a word is a slash')
})

everywhere('quick replies are written, found and carried out on their page', {}, async ({ page, t, locale, demo }) => {
  await page.goto(`${demo.url}/settings/quick-replies`)
  await page.getByRole('heading', { level: 1, name: t('place.replies') }).waitFor()
  await page.getByRole('button', { name: t('quick.add') }).first().click()
  const dialog = page.getByRole('dialog', { name: t('quick.add') })
  await dialog.getByRole('textbox', { name: t('quick.shortcut') }).fill(`thanks-${locale}`)
  await dialog.getByRole('textbox', { name: t('quick.title') }).fill(`Thanks ${locale}`)
  await dialog.getByRole('textbox', { name: pattern(locale, 'quick.body') }).first().fill('Thank you, {first_name|friend}!')
  assert.deepEqual(await violations(page), [], 'the form')
  await dialog.getByRole('button', { name: t('common.save') }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('list', { name: t('quick.list') }).getByText(`Thanks ${locale}`).waitFor()
  // The same short code again is refused at its field.
  await page.getByRole('button', { name: t('quick.add') }).first().click()
  await dialog.getByRole('textbox', { name: t('quick.shortcut') }).fill(`thanks-${locale}`)
  await dialog.getByRole('textbox', { name: pattern(locale, 'quick.body') }).first().fill('x')
  await dialog.getByRole('button', { name: t('common.save') }).click()
  await dialog.getByText(t('error.code.shortcut_taken')).or(dialog.getByText('another quick reply of this workspace has this short code')).waitFor()
  await dialog.getByRole('button', { name: t('common.close') }).click()
  await dialog.waitFor({ state: 'detached' })
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: t('quick.more') }).click()
  await page.getByRole('menuitem', { name: t('quick.export_csv') }).click()
  assert.equal((await download).suggestedFilename(), 'quick-replies.csv')
  assert.deepEqual(await violations(page), [], 'the page')
})

everywhere('a message for later waits in the thread, is moved, changed, sent early or taken back', {}, async (scene) => {
  const { world, page, t, somebody, locale } = scene
  const { phone, id, box, send, message, button, log } = await meet(scene, 'Later Person')
  await box.fill('Good morning')
  await button('composer.send_later').click()
  const dialog = page.getByRole('dialog', { name: t('plan.title') })
  assert.deepEqual(await violations(page), [], 'the times')
  await dialog.getByRole('button', { name: t('plan.time.tomorrow') }).click()
  await page.getByText(pattern(locale, 'composer.goes_at')).first().waitFor()
  await button('composer.schedule').click()
  const planned = page.locator('article[data-status=scheduled]').filter({ hasText: 'Good morning' })
  await planned.getByText(pattern(locale, 'plan.goes_at')).first().waitFor()
  assert.deepEqual(await world.received(phone), [])
  // Its words are changed in the box.
  await planned.hover()
  await planned.getByRole('button', { name: t('thread.rewrite') }).click()
  await page.getByText(t('composer.editing')).waitFor()
  await until('the old words', async () => (await box.inputValue()) === 'Good morning')
  await box.fill('Good morning to you')
  await page.keyboard.press('Enter')
  const changed = page.locator('article[data-status=scheduled]').filter({ hasText: 'Good morning to you' })
  await changed.waitFor()
  assert.deepEqual(await violations(page), [], 'the thread with a planned message')
  // It goes now, once, with the new words.
  await changed.getByRole('button', { name: t('plan.now') }).click()
  await until('it arrived', async () => bodies(await world.received(phone)).includes('Good morning to you'))
  assert.equal((await world.received(phone)).length, 1)
  // Another one is taken back before its time.
  await box.fill('never mind')
  await button('composer.send_later').click()
  await dialog.getByRole('button', { name: t('plan.time.hour') }).click()
  await button('composer.schedule').click()
  await page.locator('article[data-status=scheduled]').filter({ hasText: 'never mind' }).getByRole('button', { name: t('plan.drop') }).click()
  await log.getByText(t('thread.withdrawn')).waitFor()
  await until('withdrawn', async () => (await world.messages(id)).some((one) => one.status === 'withdrawn'))
  assert.equal((await world.received(phone)).length, 1)
  assert.deepEqual(somebody.faults, [])
  assert.ok(send && message)
})

journey('whoever plans beyond the window is told, and the customer’s own message can cancel it', {}, async (scene) => {
  const { world, page, t, locale } = scene
  const { phone, box, button } = await meet(scene, 'Window Person')
  await box.fill('Are you still interested?')
  await page.keyboard.press('Control+Shift+Enter')
  const dialog = page.getByRole('dialog', { name: t('plan.title') })
  await dialog.getByRole('switch', { name: t('plan.cancel') }).click({ force: true })
  const far = new Date(Date.now() + 30 * 3_600_000)
  const two = (value) => String(value).padStart(2, '0')
  // The browser's clock is in Dubai.
  const dubai = new Date(far.getTime() + 4 * 3_600_000)
  await dialog.locator('input[type=datetime-local]').fill(`${dubai.getUTCFullYear()}-${two(dubai.getUTCMonth() + 1)}-${two(dubai.getUTCDate())}T${two(dubai.getUTCHours())}:${two(dubai.getUTCMinutes())}`)
  await dialog.getByText(pattern(locale, 'plan.after_window')).waitFor()
  await dialog.getByRole('button', { name: pattern(locale, 'plan.choose_at') }).click()
  await button('composer.schedule').click()
  const planned = page.locator('article[data-status=scheduled]')
  await planned.getByText(pattern(locale, 'plan.goes_at_unless')).waitFor()
  await world.write(phone, 'Window Person', 'I am')
  await planned.getByText(t('plan.overtaken')).waitFor()
})

everywhere('formatting by keys, as WhatsApp shows it; the length near its end', {}, async (scene) => {
  const { page, t, locale } = scene
  const { box, send, message } = await meet(scene, 'Format Person')
  await box.fill('one two three')
  await box.evaluate((one) => one.setSelectionRange(4, 7))
  await page.keyboard.press('Control+b')
  assert.equal(await box.inputValue(), 'one *two* three')
  await page.keyboard.press('Control+i')
  assert.equal(await box.inputValue(), 'one *_two_* three')
  await page.keyboard.press('Control+i')
  await page.keyboard.press('Control+z')
  assert.equal(await box.inputValue(), 'one *_two_* three', 'undo undoes it')
  await box.evaluate((one) => one.setSelectionRange(one.value.length, one.value.length))
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('- first')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('- second')
  await send.click()
  const bubble = message('second')
  await bubble.getByRole('listitem').filter({ hasText: 'first' }).waitFor()
  assert.equal(await bubble.locator('span.font-semibold span.italic').innerText(), 'two')
  await box.fill('x'.repeat(4_000))
  await page.getByText(pattern(locale, 'composer.length')).first().waitFor()
  assert.equal(await send.isDisabled(), false)
  await box.fill('x'.repeat(4_097))
  await page.getByText(pattern(locale, 'composer.too_long')).first().waitFor()
  assert.ok(await send.isDisabled())
  assert.ok(t)
})

journey('the connection is cut in the middle: nothing is lost, nothing goes twice, and each message says where it is', {}, async (scene) => {
  const { world, page, t, somebody } = scene
  const { phone, id, box, send, message } = await meet(scene, 'Cut Person')
  const path = `**/api/v1/conversations/${id}/messages`
  // The server takes the message, and its answer is lost on the way.
  let lost = 0
  await somebody.context.route(path, async (route) => {
    if (route.request().method() !== 'POST' || lost > 1) return route.continue()
    lost += 1
    await route.fetch()
    await route.abort('connectionreset')
  })
  await box.fill('the answer was lost')
  await send.click()
  await until('it arrived', async () => (await world.received(phone)).length >= 1)
  await page.locator('article[data-status=read]').filter({ hasText: 'the answer was lost' }).waitFor({ timeout: 30_000 })
  assert.equal(lost, 2)
  assert.equal((await world.received(phone)).length, 1)
  // Now the line is dead while words are typed and sent.
  await somebody.context.setOffline(true)
  await box.pressSequentially('typed in the tunnel')
  await page.keyboard.press('Enter')
  await message('typed in the tunnel').getByRole('img', { name: t('status.here') }).waitFor()
  await message('typed in the tunnel').getByText(t('delivery.waits_here'), { exact: true }).waitFor({ timeout: 20_000 })
  await box.fill('not this one')
  await page.keyboard.press('Enter')
  await message('not this one').getByRole('button', { name: t('delivery.put_back') }).click()
  await until('back in the box', async () => (await box.inputValue()) === 'not this one')
  assert.equal(await message('not this one').count(), 0)
  await box.fill('but this one')
  await page.keyboard.press('Enter')
  await box.fill('half a thought')
  await somebody.context.setOffline(false)
  await until('all arrived', async () => (await world.received(phone)).length === 3, 40_000)
  assert.deepEqual(bodies(await world.received(phone)), ['the answer was lost', 'typed in the tunnel', 'but this one'])
  assert.equal(await box.inputValue(), 'half a thought')
  await page.reload()
  await message('but this one').waitFor()
  assert.equal(await box.inputValue(), 'half a thought')
  assert.equal((await world.messages(id)).filter((one) => one.direction === 'out').length, 3)
})

everywhere('keys of one’s own: by place, with conflicts named, and off', {}, async ({ page, t, locale, demo }) => {
  const pencil = (name) => page.getByRole('button', { name: t('keys.change_named', { name: t(`action.${name}`) }) })
  await page.goto(`${demo.url}/account`)
  await pencil('next').click()
  await page.keyboard.press('n')
  await page.getByText(t('action.note')).first().waitFor()
  await page.getByRole('button', { name: t('keys.take') }).click()
  await page.getByText(t('keys.saved')).first().waitFor()
  await page.goto(`${demo.url}/inbox`)
  const { rows } = inbox(page, t)
  await rows.first().waitFor()
  // An Arabic or Russian letter on the same place is the same key.
  const press = (code, key) => page.evaluate(([place, letter]) => document.body.dispatchEvent(new KeyboardEvent('keydown', { code: place, key: letter, bubbles: true })), [code, key])
  await press('KeyN', locale === 'ar' ? 'ى' : 'т')
  await page.waitForURL(/\/inbox\/[0-9a-f-]{36}/)
  await page.keyboard.press('Shift+Slash')
  const help = page.getByRole('dialog', { name: t('help.title') })
  await help.getByText(t('action.next'), { exact: true }).waitFor()
  assert.equal(await help.getByText(t('action.note'), { exact: true }).count(), 0, 'the sheet shows what is true')
  await page.keyboard.press('Escape')
  await page.goto(`${demo.url}/account`)
  assert.deepEqual(await violations(page), [])
  await page.locator('label').filter({ hasText: new RegExp(`^${t('keys.off')}$`) }).click()
  await page.getByText(t('keys.saved')).first().waitFor()
  await page.goto(`${demo.url}/inbox`)
  await rows.first().waitFor()
  await press('KeyN', 'n')
  await page.waitForTimeout(400)
  assert.ok(page.url().endsWith('/inbox'), 'nothing happens')
  await page.goto(`${demo.url}/account`)
  await page.locator('label').filter({ hasText: new RegExp(`^${t('keys.all')}$`) }).click()
  await page.getByRole('button', { name: t('keys.reset_all') }).click()
  await page.getByRole('button', { name: t('keys.reset_all') }).waitFor({ state: 'detached' })
  await pencil('note').waitFor()
})

everywhere('on a phone: the slash list and the times fit', { size: 'phone', touch: true }, async (scene) => {
  const { world, page, t, locale } = scene
  await world.api('/quick-replies', { shortcut: `tel-${locale}`, title: `Phone ${locale}`, audience: 'shared', bodies: { en: 'Call us.', ar: 'اتصل بنا.' } })
  const { box, button } = await meet(scene, `Small Screen ${locale}`)
  await box.tap()
  await box.pressSequentially('/tel')
  const option = page.getByRole('listbox', { name: t('quick.list') }).getByRole('option').filter({ hasText: `Phone ${locale}` })
  await option.waitFor()
  const place = await option.boundingBox()
  assert.ok(place && place.x >= 0 && place.x + place.width <= 390, 'the list is inside the screen')
  await option.tap()
  await until('inserted', async () => !(await box.inputValue()).includes('/tel'))
  await button('composer.send_later').tap()
  await page.getByRole('dialog', { name: t('plan.title') }).waitFor()
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
})
