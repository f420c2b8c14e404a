import { act, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { changeDraft, holdDraft, keepDraft, readDraft } from './drafts'
import { useAttachments } from './useAttachments'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

let strip: ReturnType<typeof useAttachments> | undefined

/** As the composer holds them. */
function Probe({ conversation }: { conversation: string }) {
  const [draft, setDraft] = useState(() => readDraft(conversation))
  const made = useAttachments(conversation, 'channel', draft.files)
  useEffect(() => {
    strip = made
  })
  useEffect(() => keepDraft(conversation, draft), [conversation, draft])
  useEffect(() => holdDraft(conversation, setDraft), [conversation])
  return null
}

const names = () => strip?.attachments.map((entry) => `${entry.name} ${entry.state}`)

describe('attached files', () => {
  const root = createRoot(document.createElement('div'))
  const answers: (() => void)[] = []
  const show = (conversation: string) => act(() => root.render(<Probe key={conversation} conversation={conversation} />))
  const arrive = () => act(async () => answers.shift()?.())

  beforeEach(() => {
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => new Promise<Response>((settle) => {
      const file = (init.body as FormData).get('file') as File
      answers.push(() => settle(Response.json({ id: `id of ${file.name}`, filename: file.name, mime: file.type, sha256: '', size: file.size })))
    }))
  })
  afterEach(() => {
    act(() => root.render(null))
    answers.length = 0
    localStorage.clear()
    vi.unstubAllGlobals()
  })

  it('survive another conversation: those that arrived, and those on their way', async () => {
    show('c1')
    act(() => strip?.add([new File(['a'], 'one.pdf', { type: 'application/pdf' }), new File(['b'], 'two.pdf', { type: 'application/pdf' })]))
    expect(names()).toEqual(['one.pdf uploading', 'two.pdf uploading'])
    await arrive()
    expect(names()).toEqual(['one.pdf ready', 'two.pdf uploading'])
    show('c2')
    expect(names()).toEqual([])
    show('c1')
    expect(names()).toEqual(['one.pdf ready', 'two.pdf uploading'])
    show('c2')
    await arrive()
    expect(names()).toEqual([])
    show('c1')
    expect(names()).toEqual(['one.pdf ready', 'two.pdf ready'])
    expect(strip?.attachments[1]?.upload?.id).toBe('id of two.pdf')
  })
  it('are gone when they are dropped, arrived or not', async () => {
    show('c1')
    act(() => strip?.add([new File(['a'], 'one.pdf'), new File(['b'], 'two.pdf'), new File([], 'empty.pdf')]))
    await arrive()
    expect(names()).toEqual(['one.pdf ready', 'two.pdf uploading', 'empty.pdf failed'])
    for (const entry of strip?.attachments ?? []) act(() => strip?.drop(entry.key))
    await arrive()
    expect(names()).toEqual([])
    expect(readDraft('c1').files ?? []).toEqual([])
  })
  it('keep the order in which they were chosen, whichever arrives first', async () => {
    show('c1')
    act(() => strip?.add([new File(['a'], 'big.pdf'), new File(['b'], 'two.pdf')]))
    act(() => strip?.add([new File([], 'empty.pdf'), new File(['c'], 'three.pdf')]))
    const late = answers.shift()
    await arrive()
    expect(names()).toEqual(['big.pdf uploading', 'two.pdf ready', 'empty.pdf failed', 'three.pdf uploading'])
    await arrive()
    expect(names()).toEqual(['big.pdf uploading', 'two.pdf ready', 'empty.pdf failed', 'three.pdf ready'])
    show('c2')
    await act(async () => late?.())
    show('c1')
    expect(names()?.slice(0, 2)).toEqual(['big.pdf ready', 'two.pdf ready'])
    expect(readDraft('c1').files?.map((file) => file.name)).toEqual(['big.pdf', 'two.pdf', 'three.pdf'])
  })
  it('are given up with the draft that was sent', async () => {
    show('c1')
    act(() => strip?.add([new File(['a'], 'one.pdf'), new File([], 'empty.pdf')]))
    await arrive()
    act(() => {
      strip?.clear()
      changeDraft('c1', (draft) => ({ ...draft, files: undefined }))
    })
    expect(names()).toEqual([])
  })
})
