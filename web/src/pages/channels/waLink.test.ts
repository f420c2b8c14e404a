import { expect, test } from 'vitest'
import { waLink } from './waLink'

test('a link holds only digits and an encoded text', () => {
  expect(waLink('+1 555-078-3881', '')).toBe('https://wa.me/15550783881')
  expect(waLink('+1 555-078-3881', ' Where is my order? #7 & مرحبا ')).toBe(`https://wa.me/15550783881?text=${encodeURIComponent('Where is my order? #7 & مرحبا')}`)
  expect(waLink('', 'hello')).toBeNull()
})
