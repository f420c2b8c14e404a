import { expect, test } from 'vitest'
import type { Macro } from './api'
import { runEnded, runId } from './macroRuns'

const macro = (body: string): Macro => ({ id: 'm', name: 'Bye', shared: true, updated_at: 1, actions: [{ type: 'send_text', body }] })

test('a run keeps its id until it succeeds or its steps change', () => {
  const first = runId(macro('bye'), 'c')
  expect(runId(macro('bye'), 'c')).toBe(first)
  expect(runId(macro('bye'), 'other')).not.toBe(first)
  const changed = runId(macro('good bye'), 'c')
  expect(changed).not.toBe(first)
  runEnded(macro('good bye'), 'c')
  expect(runId(macro('good bye'), 'c')).not.toBe(changed)
})
