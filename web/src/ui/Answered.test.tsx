import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it } from 'vitest'
import { Answered } from './Answered'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

let answer: () => Promise<string[]>

function List() {
  const query = useQuery({ queryKey: ['list'], queryFn: () => answer(), retry: false })
  return <Answered query={query}>{(items) => <p>{items.length === 0 ? 'nothing there' : items.join()}</p>}</Answered>
}

async function shown(given: typeof answer) {
  answer = given
  const box = document.createElement('div')
  const root = createRoot(box)
  await act(async () => root.render(<QueryClientProvider client={new QueryClient()}><List /></QueryClientProvider>))
  await settle()
  return { box, end: () => act(() => root.unmount()) }
}

const settle = () => act(() => new Promise<void>((resolve) => setTimeout(resolve, 20)))

describe('what a request brought', () => {
  it('is not called nothing while it is under way', async () => {
    const { box, end } = await shown(() => new Promise(() => undefined))
    expect(box.querySelector('[role=status]')).not.toBeNull()
    expect(box.textContent).not.toContain('nothing there')
    end()
  })

  it('is not called nothing when it failed, and can be asked for again', async () => {
    const { box, end } = await shown(() => Promise.reject(new Error('no')))
    expect(box.querySelector('[role=alert]')).not.toBeNull()
    expect(box.textContent).not.toContain('nothing there')
    answer = () => Promise.resolve([])
    act(() => box.querySelector('button')?.click())
    await settle()
    expect(box.textContent).toBe('nothing there')
    end()
  })
})
