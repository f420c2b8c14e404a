import { newId } from '@/live/newId'
import type { Macro } from './api'

interface Kept {
  steps: string
  id: string
}

/** Runs that did not end well, by macro and conversation. */
const runs = new Map<string, Kept>()

const place = (macro: Macro, conversation: string) => `${macro.id}:${conversation}`

/**
 * The client's id of a run: the same one until the run succeeds or its steps change, so that trying again sends nothing
 * twice.
 */
export function runId(macro: Macro, conversation: string): string {
  const key = place(macro, conversation)
  const steps = JSON.stringify(macro.actions)
  const kept = runs.get(key)
  if (kept?.steps === steps) return kept.id
  const id = newId()
  runs.set(key, { steps, id })
  return id
}

/** A run succeeded: the next one is another. */
export function runEnded(macro: Macro, conversation: string): void {
  runs.delete(place(macro, conversation))
}
