// One test file = one demo and one browser; journeys run one after another and leave each other alone by using customers of their own.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { picture, person, startBrowser } from './browser.mjs'
import { startDemo } from './demo.mjs'
import { outside } from './outside.mjs'

export const languages = ['en', 'ar']

/** What somebody does: no fault of a page passes unseen, and what stood there when it failed is kept as pictures. */
export async function watched(name, somebody, act) {
  try {
    await act()
    assert.deepEqual(somebody.faults, [], 'the page reported faults')
  } catch (error) {
    for (const [index, open] of somebody.context.pages().entries()) await picture(open, `${name}-${index}`)
    throw error
  } finally {
    await somebody.close()
  }
}

export function suite() {
  const shared = {}
  before(async () => {
    ;[shared.demo, shared.browser] = await Promise.all([startDemo(), startBrowser()])
    shared.world = outside(shared.demo)
  })
  after(async () => {
    await shared.browser?.close()
    await shared.demo?.stop()
  })
  /** A journey of one person. `options` go to the browser profile; the body gets the world, the person and a page. */
  function journey(name, options, body) {
    test(name, { timeout: 90_000 }, async () => {
      const { path = '/inbox', page: wanted = true, ...profile } = options
      const somebody = await person(shared.browser, shared.demo, profile)
      const page = wanted ? await somebody.open(path) : undefined
      try {
        await watched(name, somebody, () => body({ ...shared, somebody, page, t: somebody.t, locale: somebody.locale }))
      } finally {
        await shared.world.clearFaults()
      }
    })
  }
  /** The same journey in every language. */
  const everywhere = (name, options, body) => languages.forEach((locale) => journey(`${name} (${locale})`, { ...options, locale }, body))
  return { shared, journey, everywhere }
}
