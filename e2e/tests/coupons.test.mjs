// A pool of codes is made, a rule gives a customer one of them, and the team sees who has it.
import assert from 'node:assert/strict'
import { settled, violations } from '../lib/browser.mjs'
import { suite } from '../lib/suite.mjs'

const { everywhere } = suite()
const words = {
  en: { pool: 'Spring 10 %', customer: 'Curious Customer', asks: 'voucher please', told: /Your code EN-1 takes off 10 %/, says: 'Your code {coupon.code} takes off {coupon.value}' },
  ar: { pool: 'ربيع 10 %', customer: 'عميلة مهتمة', asks: 'قسيمة من فضلك', told: /رمزك AR-1 يخصم 10 %/, says: 'رمزك {coupon.code} يخصم {coupon.value}' },
}

everywhere('a rule gives a customer a code of a pool, once', {}, async ({ page, t, world, demo, locale }) => {
  const say = words[locale]
  const code = locale.toUpperCase()
  await page.goto(`${demo.url}/shop`)
  await settled(page, t)
  await page.getByRole('radio', { name: t('shop.coupons'), exact: true }).click({ force: true })
  await page.getByRole('button', { name: t('coupon.add'), exact: true }).click()
  const dialog = page.getByRole('dialog', { name: t('coupon.add') })
  await dialog.getByRole('textbox', { name: t('coupon.name') }).fill(say.pool)
  await dialog.getByRole('textbox', { name: t('coupon.list'), exact: true }).fill(`${code}-1\n${code}-2`)
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('button', { name: t('common.save'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  const row = page.getByRole('list', { name: t('shop.coupons'), exact: true }).getByRole('listitem').filter({ hasText: say.pool })
  await row.waitFor()
  assert.deepEqual(await violations(page), [])

  const steps = [{ do: 'issue_coupon', pool: say.pool }, { do: 'send_text', body: say.says }]
  const definition = { name: say.pool, when: [{ on: 'keyword', words: [say.asks] }], do: steps }
  const rule = await world.api('/rules', { enabled: true, definition }, 'POST')
  const phone = world.newPhone()
  await world.write(phone, say.customer, say.asks)
  const talk = await world.conversation(phone)
  await page.goto(`${demo.url}/inbox/${talk.id}`)
  await page.getByText(say.told).first().waitFor()

  await page.goto(`${demo.url}/shop`)
  await settled(page, t)
  await page.getByRole('radio', { name: t('shop.coupons'), exact: true }).click({ force: true })
  await page.getByRole('button', { name: t('coupon.open_named', { name: say.pool }) }).click()
  const pool = page.getByRole('dialog', { name: say.pool })
  const given = pool.getByRole('list', { name: t('coupon.given') }).getByRole('listitem')
  await given.getByText(`${code}-1`).waitFor()
  await given.getByRole('link', { name: say.customer }).waitFor()
  assert.equal(await given.count(), 1)
  assert.deepEqual(await violations(page), [])
  await world.api(`/rules/${rule.id}`, { enabled: false }, 'PATCH')
})
