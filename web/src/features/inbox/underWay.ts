// Changes to many conversations that are under way, for the line that shows how far they are.
import type { BulkChange } from '@/api/types'
import { createStore } from '@/live/store'

export const underWay = createStore<readonly BulkChange[]>([])
