// One conversation was about two things, two were about one: they are split and merged, by mouse, keyboard and palette.
import assert from 'node:assert/strict'
import { inbox, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'
import { pattern } from '../lib/words.mjs'

const { everywhere } = suite()
const said = { en: ['about shoes', 'about the bill'], ar: ['عن الحذاء', 'عن الفاتورة'] }
const named = { en: 'Split Decision', ar: 'سارة القاسم' }

everywhere('a conversation is split, the parts lead to each other, and merging undoes it', {}, async ({ page, t, world, demo, locale }) => {
  const phone = world.newPhone()
  const [first, second] = said[locale]
  await world.write(phone, named[locale], first)
  const { id } = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${id}`)
  const { log, box } = inbox(page, t)
  await box.waitFor()
  await world.write(phone, named[locale], second)
  const message = log.getByRole('article').filter({ hasText: second })
  await message.waitFor()

  await box.fill(`${second}?`)
  await message.hover()
  await message.getByRole('button', { name: t('thread.split_here') }).click()
  const split = page.getByRole('dialog', { name: t('parting.split') })
  await split.getByText(t('parting.split_open')).waitFor()
  assert.deepEqual(await violations(page), [])
  await split.getByRole('button', { name: t('parting.do_split'), exact: true }).click()
  await page.waitForURL((url) => url.pathname.startsWith('/inbox/') && !url.pathname.endsWith(id))
  const made = new URL(page.url()).pathname.split('/').at(-1)
  await log.getByText(pattern(locale, 'event.split_from')).waitFor()
  await log.getByText(second).waitFor()
  assert.equal(await log.getByText(first, { exact: true }).count(), 0)
  assert.equal((await world.api(`/conversations/${id}`)).status, 'resolved')
  assert.equal(await box.inputValue(), `${second}?`, 'words that were not sent follow')

  // A link to the message from before it moved leads to where it is.
  const moved = (await world.api(`/conversations/${made}/messages`)).items.find((line) => line.preview === second)
  await page.goto(`${demo.url}/inbox/${id}?m=${moved.id}`)
  await page.waitForURL((url) => url.pathname.endsWith(made))
  await log.getByText(second).waitFor()
  await box.fill('')

  // The older part, by the link in the line, and back.
  await log.getByRole('link', { name: t('event.open_part') }).click()
  await page.waitForURL((url) => url.pathname.endsWith(id))
  await log.getByText(pattern(locale, 'event.split_to')).waitFor()
  await log.getByText(first).waitFor()
  await log.getByRole('link', { name: t('event.open_part') }).click()
  await page.waitForURL((url) => url.pathname.endsWith(made))

  // Together again, without a mouse: the palette, the one other conversation, the verb.
  await log.getByText(second).waitFor()
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: t('palette.title') })
  await palette.getByRole('searchbox').fill(t('action.merge'))
  await page.keyboard.press('Enter')
  const merge = page.getByRole('dialog', { name: t('parting.merge') })
  await merge.getByText(t('parting.merge_text')).waitFor()
  assert.deepEqual(await violations(page), [])
  await merge.getByRole('button', { name: t('parting.do_merge'), exact: true }).focus()
  await page.keyboard.press('Enter')
  await log.getByText(pattern(locale, 'event.merged')).waitFor()
  await log.getByText(first).waitFor()
  await log.getByText(second).waitFor()
  await until('both are one', async () => (await world.api(`/conversations/${id}`)).id === made)

  // A link of old leads there.
  await page.goto(`${demo.url}/inbox/${id}`)
  await page.waitForURL((url) => url.pathname.endsWith(made))
  await log.getByText(first).waitFor()
})
