import { act, useState } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import { FileField } from './FileField'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

let root: Root
const chosen: string[] = []

function Form() {
  const [file, setFile] = useState<File | null>(null)
  return (
    <FileField
      label="Numbers" accept=".csv,text/plain" file={file}
      onChoose={(one) => {
        chosen.push(one.name)
        setFile(one)
      }}
      onRemove={() => setFile(null)}
    />
  )
}

function open() {
  const box = document.createElement('div')
  document.body.append(box)
  root = createRoot(box)
  act(() => root.render(<Form />))
  const input = box.querySelector('input') ?? document.createElement('input')
  const choose = (file: File) =>
    act(() => {
      Object.defineProperty(input, 'files', { configurable: true, value: [file] })
      input.dispatchEvent(new Event('change', { bubbles: true }))
    })
  const drop = (file: File) =>
    act(() => {
      const event = new Event('drop', { bubbles: true, cancelable: true })
      Object.defineProperty(event, 'dataTransfer', { value: { files: [file] } })
      input.parentElement?.dispatchEvent(event)
    })
  return { box, input, choose, drop }
}

describe('a file field', () => {
  afterEach(() => {
    act(() => root.unmount())
    document.body.replaceChildren()
    chosen.length = 0
  })

  it('shows name and size of what was chosen or dropped, and says so in the words of the page', () => {
    const { box, input, choose, drop } = open()
    expect(box.textContent).toContain('Choose a file')
    const name = (input.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent)
    expect(name).toEqual(['Numbers', 'Choose a file'])
    choose(new File(['1234567'], 'قائمة list.CSV'))
    expect(box.textContent).toContain('قائمة list.CSV7 bytesChoose another')
    drop(new File(['12'], 'notes', { type: 'text/plain' }))
    expect(box.textContent).toContain('notes2 bytes')
    expect(chosen).toEqual(['قائمة list.CSV', 'notes'])
  })

  it('refuses a file of another kind with a word, and keeps what was there', () => {
    const { box, input, choose, drop } = open()
    choose(new File(['1'], 'a.csv'))
    drop(new File(['1'], 'b.exe', { type: 'application/octet-stream' }))
    expect([chosen, input.getAttribute('aria-invalid'), box.querySelector('[role=alert]')?.textContent]).toEqual([['a.csv'], 'true', 'A file of this kind cannot be used here.'])
    expect(box.textContent).toContain('a.csv')
    choose(new File(['1'], 'c.csv'))
    expect([chosen, box.querySelector('[role=alert]')]).toEqual([['a.csv', 'c.csv'], null])
  })

  it('lets go of a file and stays where the keyboard is', () => {
    const { box, input, choose } = open()
    choose(new File(['1'], 'a.csv'))
    act(() => box.querySelector<HTMLElement>('[aria-label="Remove a.csv"]')?.click())
    expect(box.textContent).not.toContain('a.csv')
    expect(document.activeElement).toBe(input)
  })
})
