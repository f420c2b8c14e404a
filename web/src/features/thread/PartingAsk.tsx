import { Suspense } from 'react'
import { useAction } from '@/actions/registry'
import type { Id } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { pageWords } from '@/i18n'
import { useStore } from '@/live/store'
import { later } from '@/ui/later'
import { askMerge, askSplit, parting } from './parting'

const split = later(() => Promise.all([import('./late/SplitDialog'), pageWords()]).then(([module]) => module.SplitDialog))
const merge = later(() => Promise.all([import('./late/MergeDialog'), pageWords()]).then(([module]) => module.MergeDialog))

/** The message that has the keyboard's focus. */
function focused(): Id | undefined {
  return document.activeElement?.closest('article[id^="message-"]')?.id.slice('message-'.length)
}

/** Splitting and merging, asked for by key, palette, message or panel. */
export function PartingAsk({ conversation }: { conversation: Id }) {
  const may = useMe().permissions.includes('inbox.write')
  const asked = useStore(parting)
  useAction('split', () => askSplit(conversation, focused()), may)
  useAction('merge', () => askMerge(conversation), may)
  if (!asked) return null
  const Dialog = asked.kind === 'split' ? split.Part : merge.Part
  return <Suspense><Dialog key={asked.conversation} conversation={asked.conversation} at={asked.at} onClose={() => parting.set(null)} /></Suspense>
}
