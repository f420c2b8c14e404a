// Working through conversations: snooze, next, mentions, many at once, views of one's own, and not stepping on each other's toes.
import assert from 'node:assert/strict'
import { inbox, person, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'
import { pattern, words } from '../lib/words.mjs'

const { everywhere, journey } = suite()
const urgent = { en: 'Urgent Umber', ar: 'عاجل الأمر' }
const named = { en: { name: 'Nora Quist', ask: 'please look at this' }, ar: { name: 'ريم العتيبي', ask: 'انظر في هذا من فضلك' } }

/** Somebody of the team in a browser of their own, for as long as the body runs. */
async function beside({ browser, demo, locale }, email, body) {
  const other = await person(browser, demo, { email, locale })
  try {
    await body(other)
    assert.deepEqual(other.faults, [])
  } finally {
    await other.close()
  }
}

everywhere('a conversation is snoozed by keyboard and comes back when the customer writes', {}, async ({ page, t, world, demo, locale }) => {
  const phone = world.newPhone()
  await world.write(phone, named[locale].name, 'hello')
  const { id } = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${id}`)
  const { log, box } = inbox(page, t)
  await box.waitFor()
  await page.keyboard.press('h')
  const dialog = page.getByRole('dialog', { name: t('work.snooze_until') })
  await dialog.getByRole('option', { name: t('snooze.tomorrow') }).waitFor()
  assert.deepEqual(await violations(page), [])
  // Three hours come first, then the evening while there is one: tomorrow is found by its first letters or the arrow.
  const options = dialog.getByRole('option')
  const names = await options.allTextContents()
  const steps = names.findIndex((text) => text.startsWith(t('snooze.tomorrow')))
  for (let step = 0; step < steps; step += 1) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await log.getByText(pattern(locale, 'event.snoozed')).waitFor()
  const snoozed = await until('it is snoozed', async () => {
    const row = await world.api(`/conversations/${id}`)
    return row.status === 'snoozed' && row
  })
  // The person's clock, not the server's: nine in the morning in Dubai.
  assert.equal(new Date(snoozed.snoozed_until).toISOString().slice(11, 16), '05:00')
  await world.write(phone, named[locale].name, 'are you there?')
  await log.getByText(t('event.woken')).waitFor()
  assert.equal((await world.api(`/conversations/${id}`)).status, 'open')
})

everywhere('a date and time of one\'s own; a moment that has passed is not taken', {}, async ({ page, t, world, demo }) => {
  const phone = world.newPhone()
  await world.write(phone, 'Own Time', 'hello')
  const { id } = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${id}`)
  await inbox(page, t).box.waitFor()
  await page.getByRole('button', { name: t('thread.more'), exact: true }).click()
  await page.getByRole('menuitem', { name: t('thread.set_snoozed') }).click()
  const dialog = page.getByRole('dialog', { name: t('work.snooze_until') })
  const field = dialog.getByLabel(t('work.own_time'))
  await field.fill('2020-01-01T10:00')
  await dialog.getByText(t('work.not_past')).waitFor()
  const button = dialog.getByRole('button', { name: t('work.snooze'), exact: true })
  assert.ok(await button.isDisabled())
  const year = new Date().getFullYear() + 1
  await field.fill(`${year}-03-05T14:30`)
  await button.click()
  const expected = Date.parse(`${year}-03-05T14:30:00+04:00`)
  await until('it sleeps until then', async () => (await world.api(`/conversations/${id}`)).snoozed_until === expected)
})

everywhere('resolve and next goes on to the neighbour', {}, async ({ page, t, world, demo, locale }) => {
  const tag = { en: 'Quillfeather', ar: 'Zebrawood' }[locale]
  const ids = []
  for (let index = 0; index < 3; index += 1) {
    const phone = world.newPhone()
    await world.write(phone, `${tag} ${index}`, 'hello')
    ids.push((await world.conversation(phone)).id)
  }
  await page.goto(`${demo.url}/inbox?q=${tag}`)
  const { rows, box } = inbox(page, t)
  await rows.nth(2).waitFor()
  const shown = await rows.evaluateAll((links) => links.map((link) => new URL(link.href).pathname.split('/').at(-1)))
  assert.deepEqual([...shown].sort(), [...ids].sort())
  await rows.first().click()
  await box.waitFor()
  await page.keyboard.press('Shift+E')
  await page.waitForURL((url) => url.pathname.endsWith(shown[1]))
  await until('the first is resolved', async () => (await world.api(`/conversations/${shown[0]}`)).status === 'resolved')
  assert.equal((await world.api(`/conversations/${shown[1]}`)).status, 'open')
})

everywhere('a mention reaches the colleague, who finds it, answers it, and follows', {}, async ({ page, t, world, demo, browser, locale }) => {
  const phone = world.newPhone()
  const { name, ask } = named[locale]
  await world.write(phone, name, 'hello')
  const { id } = await world.conversation(phone)
  await beside({ browser, demo, locale }, demo.agents[0], async (colleague) => {
    const theirs = await colleague.open('/inbox')
    const me = (await theirs.evaluate(() => fetch('/api/v1/session').then((answer) => answer.json()))).user
    await inbox(theirs, t).rows.first().waitFor()
    await page.goto(`${demo.url}/inbox/${id}`)
    const { button, noteBox, box, message } = inbox(page, t)
    await box.waitFor()
    await button('composer.note').click()
    await noteBox.pressSequentially(`@${me.name.split(' ')[0]}`)
    await page.getByRole('listbox', { name: t('mention.list') }).getByRole('option', { name: me.name }).waitFor()
    assert.deepEqual(await violations(page), [])
    await page.keyboard.press('Enter')
    await noteBox.pressSequentially(ask)
    await page.keyboard.press('Enter')
    await message(ask).waitFor()
    const note = await until('the note is stored', async () => (await world.messages(id)).find((one) => one.direction === 'note'))
    assert.deepEqual(note.content, { type: 'note', body: `@${me.name} ${ask}`, mentions: [me.id] })
    // The colleague hears it at once, wherever they are, and goes there.
    await theirs.getByRole('button', { name: t('mention.open'), exact: true }).click()
    await theirs.waitForURL((url) => url.pathname.endsWith(id))
    await inbox(theirs, t).message(ask).waitFor()
    await until('it is old news', async () => (await theirs.evaluate(() => fetch('/api/v1/conversations/counts').then((answer) => answer.json()))).mentioned.includes(id) === false)
    await inbox(theirs, t).row(name).first().waitFor()
    await theirs.keyboard.press('w')
    await inbox(theirs, t).log.getByText(pattern(locale, 'event.follows')).waitFor()
    // Both have it open: each is told of the other.
    await page.getByText(words(locale)('typing.looking_one', { names: `\u2068${me.name}\u2069` })).waitFor()
  })
  assert.deepEqual(await world.received(phone), [], 'the customer heard nothing of it')
})

everywhere('all that match are resolved at once, and taken back', {}, async ({ page, t, world, demo, locale }) => {
  const tag = { en: 'Hummingbird', ar: 'Cloudberry' }[locale]
  const phones = []
  for (let index = 0; index < 4; index += 1) {
    phones.push(world.newPhone())
    await world.write(phones[index], `${tag} ${index}`, 'hello')
  }
  for (const phone of phones) await world.conversation(phone)
  await page.goto(`${demo.url}/inbox?q=${tag}`)
  const { rows } = inbox(page, t)
  await rows.nth(3).waitFor()
  await page.keyboard.press('Shift+X')
  const bar = page.getByRole('region', { name: t('work.bulk.title') })
  await bar.waitFor()
  assert.equal(await page.getByRole('checkbox', { checked: true }).count(), 4)
  // One is left out.
  await page.getByRole('checkbox').nth(0).click()
  assert.equal(await page.getByRole('checkbox', { checked: true }).count(), 3)
  assert.deepEqual(await violations(page), [])
  await bar.getByRole('button', { name: t('thread.resolve'), exact: true }).click()
  const states = async () => Promise.all(phones.map(async (phone) => (await world.conversation(phone)).status))
  await until('three are resolved', async () => (await states()).filter((status) => status === 'resolved').length === 3)
  assert.equal((await states()).filter((status) => status === 'open').length, 1)
  // The toast is gone with the page; the line above the list is not.
  await page.getByRole('region', { name: t('inbox.title') }).getByRole('button', { name: t('work.bulk.undo'), exact: true }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: t('work.bulk.undo'), exact: true }).click()
  await until('all are open again', async () => (await states()).every((status) => status === 'open'))
  const [change] = (await world.api('/bulk-actions')).items
  assert.ok(change.undo_of)
})

everywhere('a list is narrowed, saved under a name, found again and removed', {}, async ({ page, t, world, demo, locale }) => {
  const phone = world.newPhone()
  await world.write(phone, urgent[locale], 'hello')
  const { id } = await world.conversation(phone)
  await world.api(`/conversations/${id}`, { priority: 'urgent' }, 'PATCH')
  const { rows } = inbox(page, t)
  await rows.first().waitFor()
  await page.getByRole('button', { name: t('inbox.conditions'), exact: true }).click()
  const dialog = page.getByRole('dialog', { name: t('inbox.conditions') })
  await dialog.getByRole('button', { name: new RegExp(t('work.priority')) }).click()
  await page.getByRole('option', { name: t('priority.urgent') }).click()
  await dialog.getByRole('button', { name: t('work.show'), exact: true }).click()
  await page.waitForURL(/priority=urgent/)
  await inbox(page, t).row(urgent[locale]).first().waitFor()
  await page.getByRole('list', { name: t('work.in_force') }).getByText(t('priority.urgent')).waitFor()
  await page.keyboard.press('v')
  const list = page.getByRole('navigation', { name: t('inbox.all_views') })
  await list.getByRole('button', { name: t('work.save_view') }).click()
  const saving = page.getByRole('dialog', { name: t('work.save_view') })
  const name = `View ${locale}`
  await saving.getByLabel(t('work.view_name')).fill(name)
  await saving.getByRole('button', { name: t('common.save') }).click()
  await list.getByRole('link', { name }).waitFor()
  assert.deepEqual(await violations(page), [])
  await list.getByRole('link', { name: t('work.view.all'), exact: false }).last().click()
  await page.waitForURL((url) => !url.search.includes('priority'))
  await list.getByRole('link', { name }).click()
  await page.waitForURL(/priority=urgent/)
  await list.getByRole('button', { name: t('work.view_actions', { name }) }).click()
  await page.getByRole('menuitem', { name: t('work.remove_view') }).click()
  await list.getByRole('link', { name }).waitFor({ state: 'detached' })
  await page.goto(`${demo.url}/inbox`)
})

everywhere('on a phone the views open as a sheet, and the list behind follows', { size: 'phone', touch: true }, async ({ page, t }) => {
  await inbox(page, t).rows.first().waitFor()
  await page.getByRole('button', { name: t('inbox.all_views'), exact: true }).click()
  const sheet = page.getByRole('dialog', { name: t('inbox.all_views') })
  await sheet.getByRole('link', { name: t('work.view.unattended') }).waitFor()
  assert.deepEqual(await violations(page), [])
  await sheet.getByRole('link', { name: t('work.view.unattended') }).click()
  await page.waitForURL(/view=unattended/)
  await sheet.waitFor({ state: 'detached' })
  const current = page.getByRole('navigation', { name: t('inbox.views') }).locator('[aria-current=page]')
  assert.match(await current.innerText(), new RegExp(t('inbox.view.unattended')))
})

journey('more than a page is changed: everything that matches, not what is loaded', {}, async ({ page, t, world, demo }) => {
  // The list loads a hundred at a time.
  const phones = []
  for (let index = 0; index < 130; index += 1) phones.push(world.newPhone())
  for (let from = 0; from < phones.length; from += 10) await Promise.all(phones.slice(from, from + 10).map((phone, index) => world.write(phone, `Crowd ${from + index}`, 'hello')))
  await until('all are there', async () => (await world.api('/conversations/matches?q=Crowd')).count === 130, 30_000)
  await page.goto(`${demo.url}/inbox?q=Crowd`)
  await inbox(page, t).rows.first().waitFor()
  await page.keyboard.press('Shift+X')
  const bar = page.getByRole('region', { name: t('work.bulk.title') })
  await bar.getByRole('button', { name: t('work.bulk.all_that_match_other').replace(/{{[^}]*}}/, '130') }).click()
  await bar.getByRole('button', { name: t('thread.resolve'), exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: t('work.bulk.do') }).click()
  await until('all are resolved', async () => (await world.api('/conversations/matches?q=Crowd&status=resolved')).count === 130, 30_000)
})
