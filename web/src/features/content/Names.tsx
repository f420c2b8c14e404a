import { createContext, useContext } from 'react'

/** Names that stand out in the text below, with an "@" before them. */
export const Names = createContext<readonly string[]>([])

/** Plain text, cut at mentions of the names: every second part is one. */
export function Plain({ text }: { text: string }) {
  const names = useContext(Names)
  if (names.length === 0 || !text.includes('@')) return text
  const longest = [...names].sort((a, b) => b.length - a.length).map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const parts = text.split(new RegExp(`(@(?:${longest.join('|')}))`))
  return parts.map((part, place) => (place % 2 === 1 ? <bdi key={place} className="font-semibold text-accent-ink">{part}</bdi> : part))
}
