import { act, useLayoutEffect, useState } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SlidesForm } from '../build/SlidesForm'
import { emptySketch, type Sketch } from '../build/model'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

/** As the builder holds it: every change is made of what was drawn last. */
let sketch: Sketch
function Form() {
  const [held, setHeld] = useState(() => emptySketch('carousel'))
  useLayoutEffect(() => {
    sketch = held
  })
  return <SlidesForm sketch={held} set={(part) => setHeld((old) => ({ ...old, ...part }))} channel="ch" />
}

describe('a file that is on its way', () => {
  let root: Root
  let box: HTMLElement
  const answers = new Map<string, (ok: boolean) => void>()
  const arrive = (names: string[], ok = true) => act(async () => names.forEach((name) => answers.get(name)?.(ok)))
  const files = () => sketch.slides.cards.map((card) => card.mediaId)
  const inputs = () => [...box.querySelectorAll<HTMLInputElement>('input[type=file]')]
  const choose = (at: number, name: string) =>
    act(async () => {
      const input = inputs()[at]
      if (!input) throw new Error('no such card')
      Object.defineProperty(input, 'files', { configurable: true, value: [new File(['x'], name, { type: 'image/png' })] })
      input.dispatchEvent(new Event('change', { bubbles: true }))
    })
  const type = (at: number, text: string) =>
    act(() => {
      const field = box.querySelectorAll('fieldset textarea')[at]
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(field, text)
      field?.dispatchEvent(new Event('input', { bubbles: true }))
    })
  const press = (label: string) => act(() => [...box.querySelectorAll<HTMLElement>('button, label')].find((one) => [one.getAttribute('aria-label'), one.textContent].includes(label))?.click())

  beforeEach(() => {
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => new Promise<Response>((settle) => {
      const { name } = (init.body as FormData).get('file') as File
      answers.set(name, (ok) => settle(ok ? Response.json({ id: `id of ${name}` }) : Response.json({ code: 'unavailable' }, { status: 503 })))
    }))
    box = document.createElement('div')
    document.body.append(box)
    root = createRoot(box)
    act(() => root.render(<Form />))
  })
  afterEach(() => {
    act(() => root.unmount())
    document.body.replaceChildren()
    answers.clear()
    vi.unstubAllGlobals()
  })

  it('takes back nothing that was typed meanwhile, and of two that arrive together both stay', async () => {
    await choose(0, 'a.png')
    await choose(1, 'b.png')
    type(0, 'Two rooms')
    await arrive(['b.png', 'a.png'])
    expect(files()).toEqual(['id of a.png', 'id of b.png'])
    expect(sketch.slides.cards[0]?.body).toBe('Two rooms')
  })
  it('comes to its own card when another is taken away, and to none when its own is', async () => {
    press('Add a card')
    expect(files()).toHaveLength(3)
    await choose(1, 'second.png')
    press('Remove card 1')
    await arrive(['second.png'])
    expect(files()).toEqual(['id of second.png', ''])
    press('Add a card')
    await choose(1, 'gone.png')
    press('Remove card 2')
    await arrive(['gone.png'])
    expect(files()).toEqual(['id of second.png', ''])
  })
  it('is not kept as one of another kind', async () => {
    await choose(0, 'a.png')
    act(() => box.querySelector<HTMLElement>('input[type=radio][value=video], [role=radio]:not([aria-checked=true])')?.click())
    expect(sketch.slides.media).toBe('video')
    await arrive(['a.png'])
    expect(files()).toEqual(['', ''])
  })
  it.each([['the new one when it is there', true, 'id of new.png'], ['the old one when it fails', false, 'id of old.png']])('holds the form back meanwhile, which then has %s', async (_what, ok, id) => {
    await choose(0, 'old.png')
    await arrive(['old.png'])
    const free = () => inputs().map((input) => input.checkValidity())
    expect(free()).toEqual([true, true])
    await choose(0, 'new.png')
    expect(free()).toEqual([false, true])
    expect(inputs()[0]?.validationMessage).toContain('Uploading')
    await arrive(['new.png'], ok)
    expect([free(), files()]).toEqual([[true, true], [id, '']])
  })
})
