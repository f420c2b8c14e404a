// What was typed and not sent stays with its conversation, in this browser.
const prefix = 'rapport.draft.'

export interface Draft {
  text: string
  note: boolean
}

export function readDraft(conversation: string): Draft {
  try {
    const text = localStorage.getItem(prefix + conversation)
    if (text) return JSON.parse(text) as Draft
  } catch {
    // An unreadable draft is an empty one.
  }
  return { text: '', note: false }
}

export function keepDraft(conversation: string, draft: Draft): void {
  try {
    if (draft.text || draft.note) localStorage.setItem(prefix + conversation, JSON.stringify(draft))
    else localStorage.removeItem(prefix + conversation)
  } catch {
    // A full storage costs the draft after a reload, not the text on screen.
  }
}
