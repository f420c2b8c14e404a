import { expect, test } from 'vitest'
import type { CostReport } from '@/api/types'
import { shares } from './share'

const row = (amount_micros: number, messages: number, free: number): CostReport['items'][number] => ({ key: String(messages), name: null, cost: { amount_micros, currency: 'USD', messages, free, unpriced: 0 } }) as CostReport['items'][number]

test('bars are as long as what they cost', () => {
  expect(shares([row(400, 2, 0), row(100, 50, 0), row(0, 900, 900)])).toEqual([1, 0.25, 0])
})

test('what is free has no length, however much of it there is', () => {
  expect(shares([row(0, 1_000, 1_000)])).toEqual([0])
  expect(shares([])).toEqual([])
})

test('without prices the charged messages count', () => {
  expect(shares([row(0, 40, 0), row(0, 30, 10), row(0, 5, 5)])).toEqual([1, 0.5, 0])
})
