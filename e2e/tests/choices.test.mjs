// More than words: buttons and a list built in the composer, tapped by the customer, answered in the thread; a place asked for; a voice note spoken.
import assert from 'node:assert/strict'
import { inbox, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
const said = {
  en: { name: 'Tap Person', ask: 'Shall we keep the dress for you?', yes: 'Yes, please', no: 'No, thanks', pick: 'Which colour?', open: 'Colours', blue: 'Blue', sand: 'Sand', warm: 'As warm as the beach', where: 'Where shall we bring it?' },
  ar: { name: 'مريم النقر', ask: 'هل نحجز لك الفستان؟', yes: 'نعم، من فضلك', no: 'لا، شكرًا', pick: 'أي لون؟', open: 'الألوان', blue: 'أزرق', sand: 'رملي', warm: 'دافئ كالشاطئ', where: 'إلى أين نرسله؟' },
}

/** Opens a builder from the menu and gives its dialog. */
async function build(page, t, kind) {
  await page.getByRole('button', { name: t('compose.more'), exact: true }).click()
  await page.getByRole('menuitem', { name: t(`compose.kind.${kind}`), exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  return { dialog, field: (key, values) => dialog.getByRole('textbox', { name: t(key, values), exact: true }), preview: dialog.getByRole('region', { name: t('compose.preview') }), send: dialog.getByRole('button', { name: t('composer.send'), exact: true }) }
}

async function talk({ page, t, world, demo, locale }) {
  const phone = world.newPhone()
  await world.write(phone, said[locale].name, 'hello')
  const { id } = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${id}`)
  await inbox(page, t).box.waitFor()
  const taken = (what) => until(`the provider has ${what}`, async () => (await world.received(phone)).find((one) => JSON.stringify(one).includes(what)))
  const answer = (interactive) => world.control('/whatsapp/inbound', { from: phone, name: said[locale].name, message: { type: 'interactive', interactive } })
  return { phone, id, taken, answer }
}

everywhere('buttons and a list go out, the customer taps, the answers show', {}, async (all) => {
  const { page, t, locale } = all
  const words = said[locale]
  const { taken, answer } = await talk(all)
  const { message, log } = inbox(page, t)

  const buttons = await build(page, t, 'button')
  assert.ok(await buttons.send.isDisabled(), 'nothing is filled in')
  await buttons.field('compose.body').fill(words.ask)
  await buttons.field('compose.button_nth', { n: 1 }).fill('x'.repeat(21))
  assert.ok(await buttons.send.isDisabled(), '21 characters are one too many')
  await buttons.field('compose.button_nth', { n: 1 }).fill(words.yes)
  await buttons.field('compose.button_nth', { n: 2 }).fill(words.no)
  await buttons.preview.getByText(words.no).waitFor()
  assert.deepEqual(await violations(page), [])
  await buttons.send.click()
  await message(words.ask).getByText(words.yes).waitFor()
  assert.match(JSON.stringify(await taken(words.ask)), /choice-2/)
  await answer({ type: 'button_reply', button_reply: { id: 'choice-1', title: words.yes } })
  await log.getByRole('article').filter({ hasText: words.yes }).nth(1).waitFor()

  const list = await build(page, t, 'list')
  await list.field('compose.body').fill(words.pick)
  await list.field('compose.opener').fill(words.open)
  await list.field('compose.row_nth', { n: 1 }).fill(words.blue)
  await list.dialog.getByRole('button', { name: t('compose.add_row'), exact: true }).click()
  await list.field('compose.row_nth', { n: 2 }).fill(words.sand)
  await list.dialog.getByRole('textbox', { name: t('compose.row_description'), exact: true }).nth(1).fill(words.warm)
  await list.preview.getByText(words.warm).waitFor()
  await list.send.click()
  await message(words.pick).getByText(words.open).waitFor()
  await taken(words.sand)
  await answer({ type: 'list_reply', list_reply: { id: 'choice-2', title: words.sand, description: words.warm } })
  await log.getByRole('article').filter({ hasText: words.warm }).last().waitFor()
})

everywhere('a place is asked for by keyboard alone', {}, async (all) => {
  const { page, t, locale } = all
  const { taken } = await talk(all)
  await page.getByRole('button', { name: t('compose.more'), exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem').first().waitFor()
  for (let index = 0; index < 3; index += 1) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: t('compose.kind.location_request_message') }).waitFor()
  await page.keyboard.type(said[locale].where)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await inbox(page, t).message(said[locale].where).getByText(t('content.send_location')).waitFor()
  assert.match(JSON.stringify(await taken(said[locale].where)), /send_location/)
})

everywhere('a voice note is spoken, heard again and sent as Ogg Opus', {}, async (all) => {
  const { page, t, world } = all
  const { id } = await talk(all)
  const button = (key) => page.getByRole('button', { name: t(key), exact: true })
  await button('voice.record').click()
  await button('voice.pause').waitFor()
  await page.waitForTimeout(900)
  await button('voice.pause').click()
  await button('voice.resume').click()
  await page.waitForTimeout(700)
  await button('voice.stop').click()
  await page.getByRole('group', { name: t('voice.listen') }).waitFor()
  await page.getByRole('group', { name: t('voice.title') }).getByRole('button', { name: t('composer.send'), exact: true }).click()
  const sent = await until('the note is stored', async () => (await world.messages(id)).find((one) => one.kind === 'voice' && one.direction === 'out'))
  assert.equal(sent.media.mime, 'audio/ogg')
  await page.locator('article[data-status=read]').getByRole('group', { name: t('content.voice') }).waitFor()
})
