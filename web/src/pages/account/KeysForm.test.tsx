import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, it, vi } from 'vitest'
import type { Me } from '@/api/types'
import { MeContext } from '@/features/frame/useMe'
import { KeysForm } from './KeysForm'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

it('the focus goes to where keys are waited for, and back to the pencil', async () => {
  const box = document.createElement('div')
  document.body.append(box)
  const root = createRoot(box)
  act(() => root.render(<QueryClientProvider client={new QueryClient()}><MeContext value={{ user: { id: 'me' } } as Me}><KeysForm /></MeContext></QueryClientProvider>))
  const pencil = () => [...box.querySelectorAll<HTMLElement>('button')].find((one) => one.getAttribute('aria-label')?.startsWith('Change the keys'))
  const name = pencil()?.getAttribute('aria-label')
  act(() => pencil()?.focus())
  act(() => pencil()?.click())
  const press = box.querySelector<HTMLElement>('[role=group][tabindex="-1"]')
  expect(press?.getAttribute('aria-label')).toBe(name)
  expect(document.activeElement).toBe(press)
  act(() => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true })))
  await vi.waitFor(() => expect(document.activeElement).toBe(pencil()))
  act(() => root.unmount())
})
