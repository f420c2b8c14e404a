import { describe, expect, it } from 'vitest'
import { deskKey } from './useDeskKeys'

describe('keys of the desk', () => {
  it.each([
    ['Digit1', false, false, ['choose', 'ours']],
    ['Digit2', false, false, ['choose', 'theirs']],
    ['Digit2', true, false, ['always', 'theirs']],
    ['ArrowLeft', false, false, ['choose', 'ours']],
    ['ArrowLeft', false, true, ['choose', 'theirs']],
    ['ArrowRight', true, true, ['always', 'ours']],
    ['KeyJ', false, false, ['skip']],
    ['KeyK', false, false, ['back']],
    ['KeyA', false, false, ['apart']],
    ['KeyU', false, false, ['undo']],
    ['KeyU', true, false, null],
    ['KeyX', false, false, null],
  ])('%s (shift %s, right to left %s)', (code, shiftKey, isRtl, expected) => {
    expect(deskKey({ code, shiftKey }, isRtl)).toEqual(expected)
  })
})
