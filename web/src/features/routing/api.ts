// Who gets conversations, how they end, macros: what the screens read and write.
import { queryOptions } from '@tanstack/react-query'
import { get } from '@/api/client'
import type { components } from '@/api/schema'
import { keys } from '@/api/keys'
import type { Id, Page, Template } from '@/api/types'

type S = components['schemas']
type Present<T> = T extends (infer Item)[] ? Present<Item>[] : T extends object ? { [K in keyof T]-?: Present<Exclude<T[K], undefined>> } : T

export type Mode = S['RoutingMode']
export type WorkHours = Present<S['WorkHours']>
export type WorkSpan = S['WorkSpan']
export type Place = Present<S['RoutingPlace']>
export type Routing = Present<S['Routing']>
export type Agent = Present<S['Agent']>
export type Waiting = Present<S['WaitingConversation']>
export type Category = S['ClosingCategory']
export type ClosingSettings = S['ClosingSettings']
export type SurveySettings = Present<S['SurveySettings']>
export type SurveyFigures = Present<S['SurveyFigures']>
export type Survey = Present<S['Survey']>
export type Macro = S['Macro']
export type MacroAction = S['MacroAction']
export type MacroRun = S['MacroRun']

export const routingKeys = {
  routing: ['routing'] as const,
  agents: ['routing', 'agents'] as const,
  queue: ['routing', 'queue'] as const,
  categories: ['closing', 'categories'] as const,
  closing: ['closing', 'settings'] as const,
  surveys: ['surveys'] as const,
  surveySettings: ['surveys', 'settings'] as const,
  figures: ['surveys', 'figures'] as const,
  surveysOf: (contact: Id) => ['surveys', 'of', contact] as const,
  macros: ['macros'] as const,
}

export const routingQuery = queryOptions({ queryKey: routingKeys.routing, queryFn: ({ signal }) => get<Routing>('/routing', undefined, signal) })
export const agentsQuery = queryOptions({ queryKey: routingKeys.agents, queryFn: ({ signal }) => get<Agent[]>('/routing/agents', undefined, signal), refetchInterval: 15_000 })
export const queueQuery = queryOptions({ queryKey: routingKeys.queue, queryFn: ({ signal }) => get<Waiting[]>('/routing/queue', { limit: 50 }, signal), refetchInterval: 10_000 })
export const categoriesQuery = queryOptions({ queryKey: routingKeys.categories, queryFn: ({ signal }) => get<Category[]>('/closing-categories', undefined, signal), staleTime: 60_000 })
export const closingQuery = queryOptions({ queryKey: routingKeys.closing, queryFn: ({ signal }) => get<ClosingSettings>('/closing-settings', undefined, signal), staleTime: 60_000 })
export const surveySettingsQuery = queryOptions({ queryKey: routingKeys.surveySettings, queryFn: ({ signal }) => get<SurveySettings>('/surveys/settings', undefined, signal) })
export const figuresQuery = queryOptions({ queryKey: routingKeys.figures, queryFn: ({ signal }) => get<SurveyFigures>('/surveys/figures', undefined, signal) })
export const surveysOfQuery = (contact: Id) => queryOptions({ queryKey: routingKeys.surveysOf(contact), queryFn: ({ signal }) => get<Page<Survey>>('/surveys', { contact_id: contact, limit: 5 }, signal).then((page) => page.items), staleTime: 15_000 })
/** How many pages of templates are asked for at most: more than an account can have. */
const templatePages = 40

/** A template by name and language, as macros and surveys name it. */
export interface TemplateName {
  name: string
  language: string
}

/** Every approved template, each once, whatever accounts have it. */
async function approved(signal: AbortSignal): Promise<TemplateName[]> {
  const found = new Map<string, TemplateName>()
  let cursor: string | null = null
  for (let page = 0; page < templatePages; page += 1) {
    const { items, next_cursor }: Page<Template> = await get<Page<Template>>('/templates', { status: 'APPROVED', limit: 200, cursor }, signal)
    for (const { name, language } of items) found.set(`${name}\n${language}`, { name, language })
    cursor = next_cursor
    if (cursor === null) break
  }
  return [...found.values()]
}

export const approvedQuery = queryOptions({ queryKey: [...keys.allTemplates, 'approved-names'], queryFn: ({ signal }) => approved(signal), staleTime: 60_000 })
export const macrosQuery = queryOptions({ queryKey: routingKeys.macros, queryFn: ({ signal }) => get<Page<Macro>>('/macros', { limit: 200 }, signal).then((page) => page.items), staleTime: 60_000 })
