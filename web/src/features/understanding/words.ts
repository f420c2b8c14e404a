import type { TFunction } from 'i18next'
import { isolated } from '@/i18n/direction'
import { known } from '@/ui/errors'
import type { Tone } from '@/ui/Pill'

/** An intent's name: in the reader's language where the program brings it along, else as the team named it. */
export const intentName = (intent: string, t: TFunction): string => (intent === '' ? t('understanding.no_intent') : (known(`understanding.intents.${intent}`) ?? isolated(intent)))

/** From here on somebody sounds content; up to here they do not. */
const content = 0.6
const unhappy = 0.4

/** How somebody sounds, in a word. */
export function moodOf(mood: number): { word: 'good' | 'middle' | 'bad'; tone: Tone } {
  if (mood >= content) return { word: 'good', tone: 'positive' }
  return mood <= unhappy ? { word: 'bad', tone: 'danger' } : { word: 'middle', tone: 'neutral' }
}

interface Place {
  from: number
  to: number
  kind: string
}

/** A text in pieces, each with the marks that cover it. */
export function pieces<M extends Place>(text: string, marks: readonly M[]): { text: string; marks: M[] }[] {
  const cuts = new Set([0, text.length])
  for (const { from, to } of marks) {
    cuts.add(Math.min(from, text.length))
    cuts.add(Math.min(to, text.length))
  }
  const places = [...cuts].sort((a, b) => a - b)
  return places.slice(1).map((to, at) => {
    const from = places[at] ?? 0
    return { text: text.slice(from, to), marks: marks.filter((mark) => mark.from <= from && mark.to >= to) }
  })
}
