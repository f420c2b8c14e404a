import type { ReactNode } from 'react'

/** A text with the found places marked; ranges count UTF-16 units, overlapping or foreign ones are skipped. */
export function Highlighted({ text, ranges }: { text: string; ranges: readonly [number, number][] }) {
  const parts: ReactNode[] = []
  let from = 0
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (start < from || end <= start || end > text.length) continue
    parts.push(text.slice(from, start), <mark key={start}>{text.slice(start, end)}</mark>)
    from = end
  }
  parts.push(text.slice(from))
  return <bdi dir="auto" className="wrap-anywhere">{parts}</bdi>
}
