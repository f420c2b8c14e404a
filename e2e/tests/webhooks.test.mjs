// A company's own program is told of what happens: added on the page, tried, refused, made again, and removed.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { settled, violations } from '../lib/browser.mjs'
import { until } from '../lib/outside.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
const words = { en: 'Where is my parcel?', ar: 'أين طردي؟' }

/** A program that takes what is signed with its secret, or answers as it is told. */
async function program() {
  const own = { secret: '', answer: 204, came: [] }
  const server = createServer((request, response) => {
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts)
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers
      const sum = createHmac('sha256', Buffer.from(own.secret.replace('whsec_', ''), 'base64')).update(`${id}.${at}.`).update(body).digest('base64')
      const signed = signature.split(' ').includes(`v1,${sum}`)
      own.came.push({ id, signed, body: JSON.parse(body) })
      response.writeHead(signed ? own.answer : 401).end(signed ? '' : 'the signature does not fit')
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return { own, url: `http://127.0.0.1:${server.address().port}/hook`, stop: () => server.close() }
}

everywhere('a program is told of what happens, and what it refused is made again', {}, async ({ page, t, world, demo, locale }) => {
  const { own, url, stop } = await program()
  try {
    await page.goto(`${demo.url}/connections`)
    await page.getByRole('link', { name: t('webhook.link') }).click()
    await page.getByRole('heading', { level: 1, name: t('webhook.title') }).waitFor()
    await settled(page, t)
    await page.getByRole('button', { name: t('webhook.add') }).first().click()
    const dialog = page.getByRole('dialog', { name: t('webhook.add') })
    await dialog.getByLabel(t('webhook.url')).fill('http://10.0.0.1/x')
    await dialog.getByRole('checkbox', { name: t('webhook.event.contact_created') }).waitFor()
    assert.deepEqual(await violations(page), [])
    // What leads inside is refused beside the field, and the form stays.
    await dialog.getByRole('button', { name: t('webhook.add') }).click()
    await until('the address is refused', async () => (await dialog.getByLabel(t('webhook.url')).getAttribute('aria-invalid')) === 'true')
    await dialog.getByLabel(t('webhook.url')).fill(url)
    await dialog.getByLabel(t('webhook.name')).fill(`Billing ${locale}`)
    await dialog.getByRole('button', { name: t('webhook.add') }).click()
    own.secret = await dialog.getByText(/^whsec_/).textContent()
    assert.deepEqual(await violations(page), [])
    await dialog.getByRole('button', { name: t('token.done') }).click()
    await dialog.waitFor({ state: 'detached' })

    await page.getByRole('link', { name: `Billing ${locale}` }).click()
    await page.getByRole('button', { name: t('webhook.test') }).click()
    await page.getByRole('status').getByText(t('webhook.test_taken').split('HTTP')[0]).waitFor()
    assert.equal(own.came[0].body.type, 'webhook.test')

    // A message is told; one that is refused says why, and is made again.
    const phone = world.newPhone()
    await world.write(phone, 'Amal', words[locale])
    await until('the program is told', () => own.came.some(({ body }) => body.data.message?.text === words[locale] && body.data.contact.phone === `+${phone}`))
    assert.ok(own.came.every(({ signed }) => signed))
    own.answer = 418
    await page.getByRole('button', { name: t('webhook.test') }).click()
    await page.getByRole('status').getByText('HTTP 418').waitFor()
    await page.getByRole('radio', { name: t('webhook.delivery.dead'), exact: true }).click({ force: true })
    const list = page.getByRole('list', { name: t('webhook.deliveries') })
    const row = list.getByRole('listitem').filter({ hasText: t('webhook.event.webhook_test') }).first()
    await row.getByRole('button', { name: t('webhook.show') }).click()
    await row.getByText(/"type": "webhook.test"/).waitFor()
    assert.deepEqual(await violations(page), [])
    own.answer = 204
    const { id } = own.came.at(-1)
    await row.getByRole('button', { name: t('webhook.replay'), exact: true }).click()
    await until('it is made again under its id', () => own.came.filter((one) => one.id === id).length === 2)

    await page.getByRole('button', { name: t('common.more_actions') }).click()
    await page.getByRole('menuitem', { name: t('webhook.remove') }).click()
    await page.getByRole('dialog').getByRole('button', { name: t('webhook.remove') }).click()
    await page.getByRole('heading', { level: 1, name: t('webhook.title') }).waitFor()
    await until('it is gone', async () => !(await world.api('/webhooks')).items.some((one) => one.url === url))
  } finally {
    stop()
  }
})
