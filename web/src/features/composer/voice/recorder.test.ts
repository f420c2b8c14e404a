import { describe, expect, it } from 'vitest'
import { isVoice, loudness } from './recorder'

describe('loudness', () => {
  it('is nothing in silence and everything at full swing', () => {
    expect(loudness(new Uint8Array())).toBe(0)
    expect(loudness(new Uint8Array(8).fill(128))).toBe(0)
    expect(loudness(Uint8Array.from([0, 255, 0, 255]))).toBe(1)
    const speech = loudness(Uint8Array.from([140, 116, 150, 106]))
    expect(speech).toBeGreaterThan(0.2)
    expect(speech).toBeLessThan(0.8)
  })
})

it('knows which recordings become voice notes', () => {
  expect(isVoice('audio/webm;codecs=opus')).toBe(true)
  expect(isVoice('audio/ogg;codecs=opus')).toBe(true)
  expect(isVoice('audio/mp4')).toBe(false)
})
