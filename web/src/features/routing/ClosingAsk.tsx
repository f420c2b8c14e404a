import { Suspense } from 'react'
import { pageWords } from '@/i18n'
import { useStore } from '@/live/store'
import { later, useSoon } from '@/ui/later'
import { closingAsk } from './ask'

const dialog = later(() => Promise.all([import('./ClosingDialog'), pageWords()]).then(([module]) => module.ClosingDialog))

/** Shows the closing form when somebody is to be asked. */
export function ClosingAsk() {
  const asked = useStore(closingAsk)
  useSoon(dialog)
  return asked && <Suspense><dialog.Part key={asked.id} conversation={asked} onClose={() => closingAsk.set(() => null)} /></Suspense>
}
