import type { CostReport } from '@/api/types'

type Items = CostReport['items']

/**
 * How long the bar of each row is, 0 to 1 of the longest: by what it costs. Until prices are entered, messages that are
 * charged still show where they went; what is free has no length.
 */
export function shares(items: Items): number[] {
  const priced = items.some(({ cost }) => cost.amount_micros > 0)
  const sizes = items.map(({ cost }) => (priced ? cost.amount_micros : Math.max(cost.messages - cost.free, 0)))
  const most = Math.max(...sizes, 0)
  return sizes.map((size) => (most > 0 ? size / most : 0))
}
