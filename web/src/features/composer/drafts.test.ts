import { afterEach, describe, expect, it } from 'vitest'
import { afterSending, attach, changeDraft, emptyDraft, holdDraft, keepDraft, moveDraft, readDraft, turned, withGivenBack, type Draft } from './drafts'

const plan = { at: 9e12, cancel: true }
const file = { key: 'f1', name: 'offer.pdf', size: 12, kind: 'document' as const, upload: { id: 'u1', filename: 'offer.pdf', mime: 'application/pdf', sha256: '', size: 12 } }
const reply = (text: string, more: Partial<Draft> = {}): Draft => ({ ...emptyDraft(), text, ...more })

afterEach(() => localStorage.clear())

describe('a draft', () => {
  it('keeps the moment and the files, not only the words', () => {
    const draft = reply('tomorrow', { plan, files: [file] })
    keepDraft('c1', draft)
    expect(readDraft('c1')).toEqual(draft)
    keepDraft('c2', reply('', { files: [file] }))
    expect(readDraft('c2').files).toEqual([file])
  })
  it('is changed where it is held, else where it is kept', () => {
    keepDraft('c1', reply('one'))
    expect(changeDraft('c1', (old) => ({ ...old, text: `${old.text} two` }))).toBe(false)
    expect(readDraft('c1').text).toBe('one two')
    let held = reply('box')
    const release = holdDraft('c1', (change) => {
      held = change(held)
    })
    expect(changeDraft('c1', (old) => ({ ...old, text: 'changed' }))).toBe(true)
    expect([held.text, readDraft('c1').text]).toEqual(['changed', 'one two'])
    release()
    expect(changeDraft('c1', (old) => old)).toBe(false)
  })
})

describe('files of a quick reply', () => {
  it('join those that are there, each once, and leave out what is gone', () => {
    const of = (id: string, stored = true) => ({ media_id: id, kind: 'image', mime: 'image/png', filename: `${id}.png`, size: 9, stored })
    keepDraft('c1', reply('see', { files: [file] }))
    attach('c1', [of('u1'), of('u2'), of('u3', false)])
    attach('c1', [of('u2')])
    expect(readDraft('c1').files?.map(({ upload }) => upload.id)).toEqual(['u1', 'u2'])
    attach('c2', [])
    expect(localStorage.getItem('rapport.draft.c2')).toBeNull()
  })
})

describe('a draft of a conversation that is split or merged', () => {
  it('goes on where the reader goes on, and never over other words', () => {
    keepDraft('c1', reply('about the bill', { plan }))
    const release = holdDraft('c1', () => undefined)
    moveDraft('c1', 'c2')
    release()
    expect(readDraft('c2')).toMatchObject({ text: 'about the bill', plan })
    expect(readDraft('c1').text).toBe('')
    keepDraft('c1', reply('other words'))
    moveDraft('c1', 'c2')
    expect([readDraft('c1').text, readDraft('c2').text]).toEqual(['other words', 'about the bill'])
  })
})

describe('words put back into the box', () => {
  it('stay a note, and never join a reply', () => {
    const back = withGivenBack(reply('Dear customer', { blanks: ['{x}'] }), { text: 'He is lying', note: true })
    expect(back).toMatchObject({ text: 'He is lying', note: true, aside: { text: 'Dear customer', note: false, blanks: ['{x}'] } })
    expect(back.blanks).toBeUndefined()
    // Once the note is stored, or "Reply" is pressed, the reply is there again.
    expect(afterSending(back)).toMatchObject({ text: 'Dear customer', note: false, blanks: ['{x}'] })
    expect(afterSending(back).aside).toBeUndefined()
    const other = turned(back, false)
    expect(other).toMatchObject({ text: 'Dear customer', note: false, aside: { text: 'He is lying', note: true } })
    expect(turned(other, true)).toEqual(back)
    // Another note joins the note, wherever that is.
    expect(withGivenBack(back, { text: 'again', note: true }).text).toBe('He is lying\nagain')
    expect(withGivenBack(other, { text: 'again', note: true })).toMatchObject({ text: 'He is lying\nagain', note: true, aside: { text: 'Dear customer' } })
  })
  it('join words of their own kind, and bring their moment', () => {
    expect(withGivenBack(reply('first'), { text: 'second', note: false, plan })).toMatchObject({ text: 'first\nsecond', note: false, plan })
    expect(withGivenBack(emptyDraft(true), { text: 'reply', note: false })).toMatchObject({ text: 'reply', note: false, aside: undefined })
    expect(withGivenBack(reply('a note', { note: true }), { text: 'reply', note: false })).toMatchObject({ text: 'reply', note: false, aside: { text: 'a note', note: true } })
  })
})

describe('what is left after sending', () => {
  it('is nothing of a reply, and the files and their moment of a note', () => {
    const sent = reply('gone', { plan, files: [file] })
    expect(afterSending(sent)).toMatchObject({ text: '', note: false })
    expect(afterSending(sent).plan).toBeUndefined()
    expect(afterSending(sent).files).toBeUndefined()
    expect(afterSending(sent).key).not.toBe(sent.key)
    expect(afterSending({ ...sent, note: true })).toMatchObject({ text: '', note: true, plan, files: [file] })
    expect(afterSending(reply('a note', { note: true, plan })).plan).toBeUndefined()
  })
})
