// What was typed and not sent stays with its conversation, in this browser; every tab shows the same.
import { newId } from '@/live/newId'

const prefix = 'rapport.draft.'

export interface Draft {
  text: string
  note: boolean
  /** Stays with the draft until it is sent: the same words sent from two tabs are one message. */
  key: string
  /** Blanks of a quick reply that nothing filled, as they stand in the text: they are filled before it goes. */
  blanks?: string[]
}

export function emptyDraft(note = false): Draft {
  return { text: '', note, key: newId() }
}

function parse(text: string | null): Draft | null {
  try {
    const draft = text ? (JSON.parse(text) as Partial<Draft>) : null
    return draft ? { ...emptyDraft(), ...draft } : null
  } catch {
    // An unreadable draft is an empty one.
    return null
  }
}

export function readDraft(conversation: string): Draft {
  try {
    return parse(localStorage.getItem(prefix + conversation)) ?? emptyDraft()
  } catch {
    return emptyDraft()
  }
}

export function keepDraft(conversation: string, draft: Draft): void {
  try {
    if (draft.text || draft.note) localStorage.setItem(prefix + conversation, JSON.stringify(draft))
    else localStorage.removeItem(prefix + conversation)
  } catch {
    // A full storage costs the draft after a reload, not the text on screen.
  }
}

/** Hears what another tab types or sends in this conversation. */
export function watchDraft(conversation: string, onChange: (draft: Draft) => void): () => void {
  const hear = (event: StorageEvent) => {
    if (event.key === prefix + conversation) onChange(parse(event.newValue) ?? emptyDraft())
  }
  window.addEventListener('storage', hear)
  return () => window.removeEventListener('storage', hear)
}

/** The blanks that still stand in the text. */
export function openBlanks({ text, blanks = [] }: Draft): string[] {
  return blanks.filter((blank) => text.includes(blank))
}

/** The id of the message these words become: the same draft and words, the same id. */
export function messageId({ key, text }: Draft): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  return `${key}-${hash.toString(16).padStart(8, '0')}`
}
