// Who gets a conversation, how it ends, and several steps with one key.
import assert from 'node:assert/strict'
import { inbox, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
const said = {
  en: { hello: 'My parcel is late', thanks: 'Thank you, we are on it.', name: 'Greta Lind', category: 'Delivery', note: 'Courier called', why: 'Quick answer', given: 'fewest open', macro: 'Thanks and close' },
  ar: { hello: 'تأخر طردي', thanks: 'شكرًا لك، نحن نتابع الأمر.', name: 'منى الخطيب', category: 'التوصيل', note: 'اتصلنا بالمندوب', why: 'رد سريع', given: 'الأقل انشغالًا', macro: 'شكر وإغلاق' },
}

/** Says whether the person on the page takes conversations. */
const says = (page, presence) =>
  page.evaluate((word) => fetch('/api/v1/users/me', { method: 'PATCH', headers: { 'content-type': 'application/json', 'x-rapport-csrf': '1' }, body: JSON.stringify({ presence: word }) }).then((answer) => answer.status), presence)

everywhere('a conversation is given to whoever is there, with the reason in the thread', { path: '/settings/routing' }, async ({ page, t, world, locale, demo }) => {
  const byHand = async () => world.api(`/routing/places/${(await world.api('/routing')).workspace.id}`, { mode: 'manual' }, 'PUT')
  await byHand()
  await says(page, 'online')
  await page.reload()
  await page.getByRole('list', { name: t('routing.policies') }).waitFor()
  assert.deepEqual(await violations(page), [])
  try {
    await page.getByRole('button', { name: t('routing.edit_named', { name: t('routing.everything') }) }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: t('routing.mode.manual') }).click()
    await page.getByRole('option', { name: t('routing.mode.load') }).click()
    await dialog.getByLabel(t('routing.cap')).fill('500')
    await dialog.getByText(t('routing.hours.has')).click()
    await dialog.getByRole('list', { name: t('routing.hours.week') }).waitFor()
    assert.deepEqual(await violations(page), [])
    await dialog.getByText(t('routing.hours.has')).click()
    await dialog.getByRole('button', { name: t('common.save') }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText(t('routing.absence.available')).first().waitFor()
    const phone = world.newPhone()
    await world.write(phone, said[locale].name, said[locale].hello)
    const { id } = await world.conversation(phone)
    const given = await until('somebody has it', async () => {
      const row = await world.api(`/conversations/${id}`)
      return row.assignee_id && row
    }, 40_000)
    assert.ok(given)
    await page.goto(`${demo.url}/inbox/${id}`)
    await page.getByRole('log', { name: t('thread.messages') }).getByText(said[locale].given).first().waitFor()
  } finally {
    await byHand()
  }
})

everywhere('a category must be chosen, the customer is asked, score and words are kept', { path: '/settings/closing' }, async ({ page, t, world, locale, demo }) => {
  const { hello, name, note, why } = said[locale]
  const category = `${said[locale].category} ${Date.now() % 10_000}`
  await page.getByLabel(t('closing.new_category')).fill(category)
  await page.getByRole('button', { name: t('closing.add'), exact: true }).click()
  await page.getByRole('list', { name: t('closing.categories') }).getByText(category).waitFor()
  try {
    await world.api('/closing-settings', { category_required: true }, 'PATCH')
    await world.api('/surveys/settings', { enabled: true, delay_ms: 0, every_days: 30 }, 'PATCH')
    await page.reload()
    await page.getByLabel(t('survey.every')).waitFor()
    assert.deepEqual(await violations(page), [])
    const phone = world.newPhone()
    await world.write(phone, name, hello)
    const { id, contact } = await world.conversation(phone)
    await page.goto(`${demo.url}/inbox/${id}`)
    const { message } = inbox(page, t)
    await message(hello).waitFor()
    await page.getByRole('button', { name: t('thread.resolve'), exact: true }).click()
    const dialog = page.getByRole('dialog', { name: t('closing.ask') })
    await dialog.getByRole('button', { name: t('closing.choose') }).waitFor()
    // Closed without an answer, the conversation is as open as before; and the key that goes on to the next one asks about the one it left.
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: t('thread.resolve'), exact: true }).waitFor()
    await page.keyboard.press('Shift+E')
    await dialog.getByText(name, { exact: true }).waitFor()
    await page.waitForURL((url) => !url.pathname.includes(id))
    await dialog.getByRole('button', { name: t('closing.choose') }).click()
    await page.getByRole('option', { name: category }).click()
    await dialog.getByLabel(t('closing.note_optional')).fill(note)
    await dialog.getByRole('button', { name: t('thread.resolve'), exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.goto(`${demo.url}/inbox/${id}`)
    await page.getByText(note).first().waitFor()
    const asked = await until('the question is at the provider', async () => (await world.received(phone)).find((one) => JSON.stringify(one).includes('csat:')), 20_000)
    const row = JSON.stringify(asked).match(/csat:[0-9a-f]+:5/)[0]
    await world.control('/whatsapp/inbound', { from: phone, name, message: { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: row, title: '5' } } } })
    await page.getByText(t('event.survey_answered', { score: '\u20665\u2069' })).waitFor({ timeout: 20_000 })
    assert.equal((await world.api(`/conversations/${id}`)).status, 'resolved', 'a score opens nothing')
    await world.write(phone, name, why)
    await page.getByText(t('event.survey_commented')).waitFor({ timeout: 20_000 })
    const kept = await world.api(`/surveys?contact_id=${contact.id}`)
    assert.deepEqual(kept.items.map(({ score, comment }) => [score, comment]), [[5, why]])
  } finally {
    // Whatever happened: the journeys after this one resolve without being asked.
    await world.api('/closing-settings', { category_required: false }, 'PATCH')
    await world.api('/surveys/settings', { enabled: false }, 'PATCH')
  }
})

everywhere('a macro is made, and run from the keyboard', { path: '/settings/macros' }, async ({ page, t, world, locale, demo }) => {
  const { hello, name, thanks } = said[locale]
  const macro = `${said[locale].macro} ${locale}`
  await page.getByRole('button', { name: t('macro.add') }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('macro.name'), { exact: true }).fill(macro)
  for (const kind of ['send_text', 'status']) {
    await dialog.getByRole('button', { name: t('macro.add_step') }).click()
    await page.getByRole('menuitem', { name: t(`macro.kind.${kind}`) }).click()
  }
  await dialog.getByLabel(t('macro.text')).fill(thanks)
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: t('common.save') }).click()
  await page.getByRole('list', { name: t('macro.title') }).getByText(macro).waitFor()
  const phone = world.newPhone()
  await world.write(phone, name, hello)
  const { id } = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${id}`)
  const { message } = inbox(page, t)
  await message(hello).waitFor()
  // On the words: in the middle of a short message's row stand its tools.
  await message(hello).getByText(hello).click()
  await page.keyboard.press('m')
  await page.getByRole('dialog', { name: t('macro.run') }).getByRole('searchbox').fill(macro.slice(0, 6))
  await page.getByRole('option', { name: new RegExp(macro) }).click()
  await message(thanks).waitFor()
  await until('it is resolved', async () => (await world.api(`/conversations/${id}`)).status === 'resolved')
  assert.equal((await world.received(phone)).length, 1)
})

everywhere('one is online or away from anywhere', {}, async ({ page, t }) => {
  await says(page, 'online')
  await page.reload()
  const away = page.getByRole('link', { name: t('frame.account_away') })
  await page.getByRole('link', { name: t('place.account'), exact: true }).first().waitFor()
  for (const state of ['visible', 'detached']) {
    await page.keyboard.press('Control+k')
    await page.getByRole('searchbox', { name: t('palette.search') }).fill(t('action.toggle_presence').slice(0, 12))
    await page.getByRole('menuitem', { name: t('action.toggle_presence') }).click()
    await away.waitFor({ state })
  }
})
