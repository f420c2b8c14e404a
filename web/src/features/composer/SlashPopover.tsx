import { Suspense, type Ref } from 'react'
import { pageWords } from '@/i18n'
import type { QuickReply } from '@/api/types'
import { later } from '@/ui/later'
import type { QuickKeys } from './late/QuickList'

/** The list of quick replies; its code comes once the page has settled. */
export const quickList = later(() => Promise.all([import('./late/QuickList'), pageWords()]).then(([module]) => module.QuickList))

interface Props {
  conversation: string
  typed: string
  listId: string
  /** Where the slash stands in the box, in pixels from its inline start. */
  inline: number
  keys: Ref<QuickKeys>
  onActive: (id: string | null) => void
  onPick: (reply: QuickReply) => void
  onClose: () => void
}

/** The list above the line that is being written, at its slash; on a phone over the whole width. */
export function SlashPopover({ inline, keys, ...rest }: Props) {
  return (
    <div className="absolute inset-x-2 bottom-full z-30 mb-1 md:inset-x-auto md:w-104 md:max-w-full" style={{ insetInlineStart: `min(${inline}px, max(0px, 100% - 26rem))` }}>
      <Suspense>
        <quickList.Part {...rest} ref={keys} />
      </Suspense>
    </div>
  )
}
