// What was written, attached and planned and not sent stays with its conversation, in this browser; every tab shows the same.
import type { MediaKind, QuickReplyFile, Upload } from '@/api/types'
import { newId } from '@/live/newId'
import type { Planned } from './late/PlanDialog'

const prefix = 'rapport.draft.'

export interface Draft {
  text: string
  note: boolean
  /** Stays with the draft until it is sent: the same words sent from two tabs are one message. */
  key: string
  /** Blanks of a quick reply that nothing filled, as they stand in the text: they are filled before it goes. */
  blanks?: string[]
  /** The moment chosen for it; a note has none. */
  plan?: Planned
  /** Files that the server has already. */
  files?: readonly DraftFile[]
  /** Words of the other kind that wait: a note and a reply are never joined. */
  aside?: Pick<Draft, 'text' | 'note' | 'blanks'>
}

/** A file that is uploaded and goes with the reply. */
export interface DraftFile {
  key: string
  /** When it was chosen; files keep that order. */
  at?: number
  name: string
  size: number
  kind: MediaKind
  upload: Upload
}

let chosen = 0

/** A moment for a file that is chosen now, in milliseconds since 1970; of two in one go, the second is later. */
export function chosenAt(): number {
  chosen = Math.max(Date.now(), chosen + 1)
  return chosen
}

/** Files as they were chosen, whichever arrived first. */
export function inOrder<F extends { at?: number }>(files: readonly F[]): F[] {
  return [...files].sort((a, b) => (a.at ?? 0) - (b.at ?? 0))
}

/** Words that go back into the box, from a message that was taken back here. */
export interface GivenBack {
  text: string
  note: boolean
  plan?: Planned
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
    if (draft.text || draft.note || draft.plan || draft.aside || draft.files?.length) localStorage.setItem(prefix + conversation, JSON.stringify(draft))
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

type Change = (change: (draft: Draft) => Draft) => void

/** The box of the conversation that is open holds its draft itself. */
const holders = new Map<string, Change>()

/** Says that a box holds the draft of a conversation, until the answer is called. */
export function holdDraft(conversation: string, change: Change): () => void {
  holders.set(conversation, change)
  return () => {
    if (holders.get(conversation) === change) holders.delete(conversation)
  }
}

/** Changes the draft of a conversation, open or not; whether a box holds it. */
export function changeDraft(conversation: string, change: (draft: Draft) => Draft): boolean {
  const holder = holders.get(conversation)
  if (holder) holder(change)
  else keepDraft(conversation, change(readDraft(conversation)))
  return holder !== undefined
}

/** Files of a quick reply go with what is written, each once. */
export function attach(conversation: string, files: readonly QuickReplyFile[]): void {
  if (files.length === 0) return
  changeDraft(conversation, (draft) => {
    const there = draft.files ?? []
    const fresh = files.filter((file) => file.stored && !there.some((one) => one.upload.id === file.media_id))
    return { ...draft, files: [...there, ...fresh.map(({ media_id: id, kind, mime, filename, size }): DraftFile => ({ key: newId(), at: chosenAt(), name: filename, size, kind: kind as MediaKind, upload: { id, mime, filename, size, sha256: '' } }))] }
  })
}

function isEmpty({ text, plan, aside, files }: Draft): boolean {
  return !text && !plan && !aside && !files?.length
}

/** What was written for one conversation goes on in another one, where nothing is written yet. */
export function moveDraft(from: string, to: string): void {
  const draft = readDraft(from)
  if (from === to || isEmpty(draft) || !isEmpty(readDraft(to))) return
  // The box of `from` may be gone before it has kept that it is empty.
  changeDraft(from, () => emptyDraft())
  keepDraft(from, emptyDraft())
  changeDraft(to, () => draft)
}

/** The draft written as a note, or as a reply: words that wait for it come forward, and the others wait. */
export function turned(draft: Draft, note: boolean): Draft {
  const { text, blanks, aside } = draft
  if (draft.note === note || !aside) return { ...draft, note }
  return { ...draft, text: aside.text, blanks: aside.blanks, note, aside: text ? { text, blanks, note: draft.note } : undefined }
}

/** The draft with words that were taken back. Those of a note stay a note; what stood in the box as the other kind waits. */
export function withGivenBack(draft: Draft, { text, note, plan }: GivenBack): Draft {
  const waits = draft.note !== note && !draft.aside && draft.text ? { text: '', note } : draft.aside
  const turn = turned({ ...draft, aside: waits }, note)
  return { ...turn, text: turn.text ? `${turn.text}\n${text}` : text, plan: plan ?? turn.plan }
}

/** What is left when the words in the box have been sent. Files and their moment wait while a note is written. */
export function afterSending({ note, plan, files, aside }: Draft): Draft {
  const left = aside ? { ...emptyDraft(aside.note), text: aside.text, blanks: aside.blanks } : emptyDraft(note)
  if (!note) return left
  return files?.length || aside ? { ...left, plan, files } : left
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
