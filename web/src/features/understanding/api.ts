import { queryOptions } from '@tanstack/react-query'
import { get } from '@/api/client'
import type { Id, Page } from '@/api/types'

/** A place in a text that says something; its kinds are those of the server. */
export interface Mark {
  from: number
  to: number
  kind: string
  label: string
  weight: number | null
  negated: boolean
}

/** What is understood of a text. */
export interface TextReading {
  text: string
  language: string | null
  mood: number | null
  intent: string | null
  likely: { intent: string; probability: number; sure: boolean }[]
  /** What a person said; empty = none of the intents. */
  said: string | null
  products: string[]
  marks: Mark[]
  model: number
}

export interface HotWord {
  id: Id
  topic: string
  language: string
  text: string
  also: string[]
  except: string[]
  exact: boolean
  skip_negated: boolean
  times: number
  messages: number
  customers: number
}

export interface HotWordReport {
  created: number
  updated: number
  unchanged: number
  problems: { row: number; text: string; field: string; detail: string }[]
}

export interface Accuracy {
  language: string | null
  named: number
  right: number
  silent: number
  percent: number | null
  low: number
  high: number
  standing: 'unknown' | 'good' | 'near' | 'warning' | 'retrain'
}

export interface ModelVersion {
  version: number
  in_force: boolean
  made_at: number
  labels: number
  held_out: Accuracy | null
  bytes: number
  took_ms: number
}

export interface IntentState {
  intents: string[]
  labels: number
  live: Accuracy[]
  goal: number
  versions: ModelVersion[]
  waiting: number
}

export interface DeskMessage {
  message_id: Id
  conversation_id: Id
  at: number
  text: string
  language: string | null
  intent: string | null
  probability: number
  sure: boolean
}

interface ContactUnderstanding {
  mood: number | null
  messages: number
  conversation_mood: number | null
  hot_words: { id: Id; topic: string; text: string; times: number; messages: number }[]
}

export const understandingKeys = { all: ['understanding'], words: ['understanding', 'words'], intents: ['understanding', 'intents'], desk: ['understanding', 'desk'] } as const

/** Languages that have a starter list; `zh` serves both scripts. */
export const starterLanguages = ['ar', 'en', 'es', 'fr', 'hi', 'id', 'pt', 'ru', 'zh'] as const

/** Words of one page of the server. */
const some = 200

async function every(language: string | undefined, signal: AbortSignal): Promise<HotWord[]> {
  const words: HotWord[] = []
  let cursor: string | null = null
  do {
    const page: Page<HotWord> = await get<Page<HotWord>>('/hot-words', { language, limit: some, cursor }, signal)
    words.push(...page.items)
    cursor = page.next_cursor
  } while (cursor)
  return words
}

export const hotWordsQuery = (language?: string) => queryOptions({ queryKey: [...understandingKeys.words, language ?? null], queryFn: ({ signal }) => every(language, signal) })
export const intentsQuery = queryOptions({ queryKey: understandingKeys.intents, queryFn: ({ signal }) => get<IntentState>('/intents', undefined, signal) })
export const readingQuery = (message: Id) => queryOptions({ queryKey: [...understandingKeys.all, 'reading', message], queryFn: ({ signal }) => get<TextReading>(`/messages/${message}/reading`, undefined, signal) })
export const deskQuery = (filter: { language?: string; intent?: string }) =>
  queryOptions({ queryKey: [...understandingKeys.desk, filter], queryFn: ({ signal }) => get<DeskMessage[]>('/intents/desk', { ...filter, limit: 50 }, signal), staleTime: Infinity })
export const feelingsQuery = (contact: Id, conversation?: Id) =>
  queryOptions({ queryKey: [...understandingKeys.all, 'contact', contact, conversation ?? null], queryFn: ({ signal }) => get<ContactUnderstanding>(`/contacts/${contact}/understanding`, { conversation_id: conversation }, signal), staleTime: 30_000 })
