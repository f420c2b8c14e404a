import { useParams } from '@tanstack/react-router'
import { useFilter } from 'react-aria-components'
import { useMacros } from '@/features/routing/useMacros'
import type { FoundGroup } from './useFound'

/** The macros that can be run on the open conversation and meet what stands in the palette's field. */
export function useMacroItems(text: string, isOpen: boolean): FoundGroup[] {
  const { conversationId } = useParams({ strict: false })
  const { contains } = useFilter({ sensitivity: 'base' })
  const { macros, run } = useMacros(isOpen ? conversationId : undefined)
  const items = macros
    .filter((macro) => contains(macro.name, text.trim()))
    .slice(0, 8)
    .map((macro) => ({ id: `macro:${macro.id}`, title: macro.name, detail: '', go: () => run(macro) }))
  return items.length > 0 ? [{ id: 'macros', items }] : []
}
