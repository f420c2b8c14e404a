// When things go wrong: nothing is lost, nothing goes twice, and the page says what is so.
import assert from 'node:assert/strict'
import { inbox } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { journey, everywhere } = suite()

/** A fresh customer with an open window, and their thread on the page. */
async function meet({ page, world, demo, t }, name) {
  const phone = world.newPhone()
  await world.write(phone, name, 'hello')
  const { id } = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${id}`)
  const parts = inbox(page, t)
  await parts.box.waitFor()
  return { phone, id, ...parts }
}

const bodies = (items) => items.map((one) => one.body?.text?.body ?? one.message?.text?.body ?? JSON.stringify(one)).filter(Boolean)

everywhere('a failed message says why, and goes on retry', {}, async (scene) => {
  const { world, page, t } = scene
  const { phone, box, send, message, button } = await meet(scene, 'Fail Once')
  await world.fault({ target: 'whatsapp', kind: 'error_code', code: 131053, match: { path: '/messages', to: phone }, times: 1 })
  await box.fill('this fails first')
  await send.click()
  await message('this fails first').getByText(t('provider.outbound_media.title')).waitFor()
  await message('this fails first').getByText('131053').waitFor()
  assert.equal(await button('delivery.retry').count(), 0, 'the provider would refuse the same file again')
  await world.fault({ target: 'whatsapp', kind: 'error_code', code: 131049, match: { path: '/messages', to: phone }, times: 1 })
  await box.fill('this may go later')
  await send.click()
  await message('this may go later').getByText(t('provider.ecosystem.title')).waitFor()
  await button('delivery.retry').click()
  await page.locator('article[data-status=read]').filter({ hasText: 'this may go later' }).waitFor({ timeout: 20_000 })
})

everywhere('an answer that got lost is unknown, and settles by itself when the status comes', {}, async (scene) => {
  const { world, page, t } = scene
  await world.delays({ sent_ms: 6_000, delivered_ms: 6_500, read_ms: 7_000 })
  try {
    const { phone, box, send, message } = await meet(scene, 'Lost Answer')
    await world.fault({ target: 'whatsapp', kind: 'drop_response', match: { path: '/messages', to: phone }, times: 1 })
    await box.fill('did it go?')
    await send.click()
    await message('did it go?').getByRole('button', { name: t('delivery.it_went') }).waitFor()
    await message('did it go?').getByRole('button', { name: t('delivery.it_did_not') }).waitFor()
    await page.locator('article[data-status=read]').filter({ hasText: 'did it go?' }).waitFor({ timeout: 20_000 })
    assert.equal((await world.received(phone)).length, 1)
    assert.equal(await message('did it go?').getByRole('button', { name: t('delivery.it_went') }).count(), 0)
  } finally {
    await world.delays({ sent_ms: 200, delivered_ms: 600, read_ms: 2_000 })
  }
})

journey('a person settles an unknown message: it did not go, and it is not sent again by itself', {}, async (scene) => {
  const { world, page, t } = scene
  const { phone, box, send, message } = await meet(scene, 'Person Decides')
  await world.fault({ target: 'whatsapp', kind: 'timeout', match: { path: '/messages', to: phone }, times: 1 })
  await box.fill('nobody knows')
  await send.click()
  await message('nobody knows').getByRole('button', { name: t('delivery.it_did_not') }).click({ timeout: 45_000 })
  await page.locator('article[data-status=failed]').filter({ hasText: 'nobody knows' }).waitFor()
  assert.equal((await world.received(phone)).length, 0)
})

everywhere('offline while typing and sending: nothing is lost, nothing goes twice', {}, async (scene) => {
  const { world, page, somebody } = scene
  const { phone, id, box, send, message } = await meet(scene, 'Tunnel')
  await box.pressSequentially('written before')
  await somebody.context.setOffline(true)
  await box.pressSequentially(' the tunnel')
  await send.click()
  await box.fill('and inside it')
  await send.click()
  await message('written before the tunnel').waitFor()
  await message('and inside it').waitFor()
  await box.fill('half a thought')
  assert.deepEqual(await world.received(phone), [])
  await world.write(phone, 'Tunnel', 'meanwhile')
  await somebody.context.setOffline(false)
  await until('both arrived', async () => (await world.received(phone)).length === 2, 30_000)
  assert.match(bodies(await world.received(phone)).join('|'), /written before the tunnel.*and inside it/s)
  await message('meanwhile').waitFor()
  assert.equal(await box.inputValue(), 'half a thought')
  assert.equal(await message('and inside it').count(), 1)
  await page.reload()
  await message('and inside it').waitFor()
  assert.equal(await box.inputValue(), 'half a thought')
  assert.equal((await world.messages(id)).filter((one) => one.direction === 'out').length, 2)
  assert.equal((await world.received(phone)).length, 2)
})

journey('written offline, the page closed: the next visit delivers it', {}, async (scene) => {
  const { world, page, somebody, demo, t } = scene
  const { phone, id, box, send, message } = await meet(scene, 'Closed Laptop')
  // The API is out of reach while the page itself can still be loaded.
  await somebody.context.route('**/api/v1/conversations/*/messages', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()))
  await box.fill('kept for later')
  await send.click()
  await message('kept for later').waitFor()
  await page.close()
  await somebody.context.unroute('**/api/v1/conversations/*/messages')
  const again = await somebody.open(`/inbox/${id}`)
  await inbox(again, t).message('kept for later').waitFor()
  await until('delivered', async () => (await world.received(phone)).length === 1)
  assert.ok(demo.url)
})

journey('two tabs of the same person press send for the same words: one message', {}, async (scene) => {
  const { world, page, somebody, t } = scene
  const { phone, id, box, send } = await meet(scene, 'Two Tabs')
  await box.fill('only once, please')
  const other = await somebody.open(`/inbox/${id}`)
  const second = inbox(other, t)
  await second.box.waitFor()
  assert.equal(await second.box.inputValue(), 'only once, please')
  // The presses meet: neither tab hears of the other's before its own.
  await Promise.all([send.dblclick({ force: true }), second.send.dblclick({ force: true })])
  await until('it arrived', async () => (await world.received(phone)).length >= 1)
  await page.waitForTimeout(1_500)
  assert.equal((await world.received(phone)).length, 1)
  assert.equal((await world.messages(id)).filter((one) => one.direction === 'out').length, 1)
})

journey('two people answer the same customer: both see both, and who is writing', {}, async (scene) => {
  const { world, demo, browser, t } = scene
  const { phone, id, box, send, message } = await meet(scene, 'Wanted Customer')
  const { person } = await import('../lib/browser.mjs')
  const omar = await person(browser, demo, { email: demo.agents[0] })
  try {
    const page = await omar.open(`/inbox/${id}`)
    const his = inbox(page, t)
    await his.box.pressSequentially('I am on it')
    await scene.page.getByText(t('typing.typing', { name: '\u2068Omar Farouk\u2069' })).waitFor()
    await his.send.click()
    await message('I am on it').waitFor()
    await box.fill('Thank you, Omar')
    await send.click()
    await his.message('Thank you, Omar').waitFor()
    await until('two', async () => (await world.received(phone)).length === 2)
    assert.deepEqual(omar.faults, [])
  } finally {
    await omar.close()
  }
})

everywhere('what is gone says so, and leads to its like', {}, async ({ page, demo, t }) => {
  const gone = '00000000-0000-7000-8000-000000000000'
  for (const place of ['channels', 'connections', 'contacts', 'campaigns', 'templates']) {
    await page.goto(`${demo.url}/${place}/${gone}`)
    const main = page.getByRole('main')
    await main.getByText(t('error.not_found')).waitFor()
    await main.getByRole('button', { name: t(`${place}.title`), exact: true }).click()
    await page.waitForURL(`${demo.url}/${place}`)
    await page.getByRole('heading', { level: 1, name: t(`${place}.title`) }).waitFor()
  }
})
