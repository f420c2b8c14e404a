import { queryOptions } from '@tanstack/react-query'
import { get, post, remove } from '@/api/client'
import { keys } from '@/api/keys'
import type { Practice } from '@/api/types'

export const practiceQuery = queryOptions({ queryKey: keys.practice, queryFn: ({ signal }) => get<Practice>('/practice', undefined, signal) })

/** What no live event tells of (a customer who begins, a scenario that ends) shows after this time. */
export const lookAgain = 3_000

/** Other tabs of this browser hear of the change by this key and load afresh: they would mix practice and work. */
function moved(to: string): void {
  localStorage.setItem('rapport.practice', String(Date.now()))
  location.assign(to)
}

/** Begins to practise in this browser: everything on the screen is loaded afresh, from the practice room. */
export async function enterPractice(): Promise<void> {
  await post('/practice')
  moved('/practice')
}

/** Back to work. */
export async function leavePractice(): Promise<void> {
  await post('/practice/leave')
  moved('/inbox')
}

/** Ends practice for everybody and deletes what it brought. */
export async function endPractice(): Promise<void> {
  await remove('/practice')
  moved('/practice')
}
