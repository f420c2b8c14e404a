import { afterEach, describe, expect, it } from 'vitest'
import { pick, selection, startSelecting, stopSelecting } from './selection'

const picked = () => [...(selection.get()?.ids ?? [])]

afterEach(stopSelecting)

describe('picking conversations', () => {
  it('takes one up and lets it go', () => {
    pick('a', '1')
    pick('a', '2')
    pick('a', '1')
    expect(picked()).toEqual(['2'])
  })
  it('begins anew in another list, and when one of all is let go', () => {
    startSelecting('a', ['1', '2'])
    selection.set((old) => old && { ...old, all: true })
    pick('a', '1')
    expect(selection.get()).toMatchObject({ all: false, scope: 'a' })
    expect(picked()).toEqual(['2'])
    pick('b', '3')
    expect(picked()).toEqual(['3'])
    stopSelecting()
    expect(selection.get()).toBeNull()
  })
})
