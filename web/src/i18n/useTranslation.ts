// The words on screen for components. One pair of words serves all that speak: a thread has hundreds of those, and the next
// one must be there in a frame.
import i18next, { type TFunction } from 'i18next'
import { useSyncExternalStore } from 'react'

interface Words {
  t: TFunction
  i18n: typeof i18next
}

let words: Words | undefined
const listeners = new Set<() => void>()

i18next.on('languageChanged', () => {
  words = undefined
  for (const listener of listeners) listener()
})

const current = (): Words => (words ??= { t: i18next.getFixedT(i18next.language), i18n: i18next })

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The words of the language on screen; who uses them is drawn again when it changes. */
export function useTranslation(): Words {
  return useSyncExternalStore(subscribe, current)
}
