// What the screens read: one query option per noun.
import { infiniteQueryOptions, keepPreviousData, queryOptions, type QueryClient } from '@tanstack/react-query'
import { get, type Query } from './client'
import { keys } from './keys'
import type { KeySettings, QuickReply } from './types'
import type { Budget, BulkChange, Collaborator, CostReport, Priority, Rate, SavedView } from './types'
import type {
  AccountEvent, AuditCounts, BusinessProfile, Channel, Connection, ConnectionKind, Consent, Contact, Conversation, ConversationStatus, Counts, DeadLetter, Finding, GuardSettings, Id, LibraryPage, Mapping, MaySend, Me, MediaRetention, Message, Page, QrCode,
  RemoteField, Route, SearchPage, Sort, Subscription, Team, Template, TemplateSuggestion, Token, User, View, Why,
} from './types'

export interface ConversationFilter {
  view: View
  status: ConversationStatus | 'any'
  sort: Sort
  q?: string
  assignee_id?: Id
  team_id?: Id
  channel_id?: Id
  priority?: Priority
  tag_id?: Id
}

const pageSize = 100

export const meQuery = queryOptions({ queryKey: keys.me, queryFn: ({ signal }) => get<Me>('/session', undefined, signal), staleTime: Infinity, retry: false })

export const usersQuery = queryOptions({ queryKey: keys.users, queryFn: ({ signal }) => list<User>('/users', signal), staleTime: 300_000 })
export const teamsQuery = queryOptions({ queryKey: keys.teams, queryFn: ({ signal }) => list<Team>('/teams', signal), staleTime: 300_000 })
export const tokensQuery = queryOptions({ queryKey: keys.tokens, queryFn: ({ signal }) => list<Token>('/tokens', signal) })
export const channelsQuery = queryOptions({ queryKey: keys.channels, queryFn: ({ signal }) => list<Channel>('/channels', signal), staleTime: 60_000 })
export const timelineQuery = (id: Id) =>
  infiniteQueryOptions({
    queryKey: keys.timeline(id),
    queryFn: ({ pageParam, signal }) => get<Page<AccountEvent>>(`/channels/${id}/timeline`, { limit: 10, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
export const profileQuery = (id: Id) => queryOptions({ queryKey: keys.profile(id), queryFn: ({ signal }) => get<BusinessProfile>(`/channels/${id}/profile`, undefined, signal), staleTime: 300_000, retry: false })
export const subscriptionQuery = (id: Id) => queryOptions({ queryKey: keys.subscription(id), queryFn: ({ signal }) => get<Subscription>(`/channels/${id}/subscription`, undefined, signal), staleTime: 60_000, retry: false })
export const routeQuery = (id: Id) => queryOptions({ queryKey: keys.route(id), queryFn: ({ signal }) => get<Route>(`/channels/${id}/route`, undefined, signal), staleTime: 10_000 })
export const qrCodesQuery = (id: Id) =>
  queryOptions({ queryKey: keys.qrCodes(id), queryFn: ({ signal }) => get<Page<QrCode>>(`/channels/${id}/qr-codes`, undefined, signal).then((page) => page.items), staleTime: 300_000, retry: false })
export const connectionKindsQuery = queryOptions({ queryKey: keys.connectionKinds, queryFn: ({ signal }) => list<ConnectionKind>('/connections/kinds', signal), staleTime: Infinity })
export const connectionsQuery = queryOptions({ queryKey: keys.connections, queryFn: ({ signal }) => list<Connection>('/connections', signal) })
export const deadLettersQuery = queryOptions({ queryKey: keys.deadLetters, queryFn: ({ signal }) => list<DeadLetter>('/dead-letters', signal) })
export const doctorQuery = queryOptions({ queryKey: keys.doctor, queryFn: ({ signal }) => get<{ findings: Finding[] }>('/doctor', undefined, signal) })
export const auditCountsQuery = queryOptions({ queryKey: keys.auditCounts, queryFn: ({ signal }) => get<AuditCounts>('/audit/counts', undefined, signal), refetchInterval: 10_000 })

/** Whole short collections (users, channels): follows the cursor to the end. */
async function list<T>(path: string, signal: AbortSignal): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const page: Page<T> | T[] = await get<Page<T> | T[]>(path, { limit: 200, cursor }, signal)
    if (Array.isArray(page)) return page
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor)
  return items
}

export const countsQuery = queryOptions({ queryKey: keys.counts, queryFn: ({ signal }) => get<Counts>('/conversations/counts', undefined, signal), staleTime: 30_000 })

/** How many conversations a filter matches, and how many can be changed at once. */
export const matchesQuery = (filter: ConversationFilter) =>
  queryOptions({ queryKey: keys.matches(filter), queryFn: ({ signal }) => get<{ count: number; limit: number }>('/conversations/matches', { ...filter, sort: undefined }, signal), staleTime: 10_000 })
export const viewsQuery = queryOptions({ queryKey: keys.views, queryFn: ({ signal }) => get<SavedView[]>('/views', undefined, signal), staleTime: 300_000 })
export const collaboratorsQuery = (id: Id) => queryOptions({ queryKey: keys.collaborators(id), queryFn: ({ signal }) => get<Collaborator[]>(`/conversations/${id}/collaborators`, undefined, signal), staleTime: 30_000 })
export const bulkQuery = (id: Id) => queryOptions({ queryKey: keys.bulk(id), queryFn: ({ signal }) => get<BulkChange>(`/bulk-actions/${id}`, undefined, signal), refetchInterval: ({ state }) => (state.data && state.data.state !== 'running' ? false : 2_000) })

export const conversationListQuery = (filter: ConversationFilter) =>
  infiniteQueryOptions({
    queryKey: keys.conversationList(filter),
    queryFn: ({ pageParam, signal }) => get<Page<Conversation>>('/conversations', { ...filter, limit: pageSize, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 30_000,
  })

export const conversationQuery = (id: Id) =>
  queryOptions({ queryKey: keys.conversation(id), queryFn: ({ signal }) => get<Conversation>(`/conversations/${id}`, undefined, signal), staleTime: 60_000 })

/** Which page of a thread: its end, what is older than a cursor, what is newer than one, or what stands round a message. */
export type ThreadPlace = string | null | { newer: string } | { around: Id }

/** A page of a thread, newest first. */
export function threadPage(conversation: Id, place: ThreadPlace, signal?: AbortSignal): Promise<Page<Message>> {
  const where = typeof place === 'object' && place !== null ? place : { cursor: place }
  return get<Page<Message>>(`/conversations/${conversation}/messages`, { limit: 50, ...where }, signal)
}

export const messagesQuery = (conversation: Id) =>
  infiniteQueryOptions({
    queryKey: keys.messages(conversation),
    queryFn: ({ pageParam, signal }) => threadPage(conversation, pageParam, signal),
    initialPageParam: null as ThreadPlace,
    getNextPageParam: (page): ThreadPlace => page.next_cursor,
    getPreviousPageParam: (page): ThreadPlace => (page.newer_cursor ? { newer: page.newer_cursor } : null),
    staleTime: 60_000,
  })

/** Fetches what opening a conversation needs, if it is not there and fresh. */
export function prefetchConversation(client: QueryClient, id: Id): void {
  void client.prefetchQuery(conversationQuery(id))
  void client.prefetchInfiniteQuery(messagesQuery(id))
}

export const whyQuery = (message: Id) => queryOptions({ queryKey: keys.why(message), queryFn: ({ signal }) => get<Why>(`/messages/${message}/why`, undefined, signal) })

export const contactListQuery = (filter: { q?: string; sort?: string; tag_id?: Id }) =>
  infiniteQueryOptions({
    queryKey: keys.contactList(filter),
    queryFn: ({ pageParam, signal }) => get<Page<Contact>>('/contacts', { ...filter, limit: pageSize, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })

export const contactQuery = (id: Id) =>
  queryOptions({ queryKey: keys.contact(id), queryFn: ({ signal }) => get<Contact>(`/contacts/${id}`, undefined, signal), staleTime: 30_000 })
export const contactConversationsQuery = (id: Id) =>
  queryOptions({ queryKey: keys.contactConversations(id), queryFn: ({ signal }) => get<Page<Conversation>>(`/contacts/${id}/conversations`, undefined, signal) })
export const maySendQuery = (id: Id) =>
  queryOptions({ queryKey: keys.maySend(id), queryFn: ({ signal }) => get<MaySend>(`/contacts/${id}/guard`, undefined, signal), staleTime: 15_000 })
export const guardPolicyQuery = queryOptions({ queryKey: keys.guardPolicy, queryFn: ({ signal }) => get<GuardSettings>('/guard/policy', undefined, signal) })
export const consentsQuery = (id: Id) =>
  queryOptions({ queryKey: keys.consents(id), queryFn: ({ signal }) => get<Page<Consent>>(`/contacts/${id}/consents`, undefined, signal) })

/** Templates by name and language; `channel` limits them to its account. */
export const templateListQuery = ({ q, state, channel }: { q?: string; state?: string; channel?: Id }) =>
  infiniteQueryOptions({
    queryKey: keys.templateList({ q, state, channel }),
    queryFn: ({ pageParam, signal }) => get<Page<Template>>('/templates', { q, status: state === 'DEGRADED' ? undefined : state, degraded: state === 'DEGRADED' || undefined, channel_id: channel, limit: 100, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
export const templateQuery = (id: Id) => queryOptions({ queryKey: keys.template(id), queryFn: ({ signal }) => get<Template>(`/templates/${id}`, undefined, signal) })
export const templatesQuery = (filter: { channel_id: Id; status?: string; q?: string }) =>
  queryOptions({
    queryKey: keys.templates(filter),
    queryFn: ({ signal }) => get<Page<Template>>('/templates', { ...filter, limit: 200 }, signal).then((page) => page.items),
    staleTime: 60_000,
  })

export const suggestionsQuery = (conversation: Id) =>
  queryOptions({ queryKey: keys.suggestions(conversation), queryFn: ({ signal }) => get<TemplateSuggestion[]>(`/conversations/${conversation}/template-suggestions`, undefined, signal), staleTime: 15_000 })
export const libraryQuery = (filter: { channel_id: Id; search?: string; language?: string }) =>
  infiniteQueryOptions({
    queryKey: keys.library(filter),
    queryFn: ({ pageParam, signal }) => get<LibraryPage>('/template-library', { ...filter, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 300_000,
    retry: false,
  })
export const retentionQuery = queryOptions({ queryKey: keys.retention, queryFn: ({ signal }) => get<MediaRetention>('/media/retention', undefined, signal) })

export const remoteFieldsQuery = (id: Id) =>
  queryOptions({ queryKey: keys.remoteFields(id), queryFn: ({ signal }) => bare<RemoteField>(`/connections/${id}/fields`, signal), staleTime: 300_000 })
export const mappingsQuery = (id: Id) => queryOptions({ queryKey: keys.mappings(id), queryFn: ({ signal }) => bare<Mapping>(`/connections/${id}/mappings`, signal) })

/** Small fixed lists come bare or wrapped; both are read. */
async function bare<T>(path: string, signal: AbortSignal): Promise<T[]> {
  const answer = await get<T[] | { items: T[] }>(path, undefined, signal)
  return Array.isArray(answer) ? answer : answer.items
}

export const costsQuery = (group_by: string) => queryOptions({ queryKey: keys.costReport(group_by), queryFn: ({ signal }) => get<CostReport>('/costs', { group_by }, signal), staleTime: 10_000 })
export const ratesQuery = queryOptions({ queryKey: keys.rates, queryFn: ({ signal }) => get<Rate[]>('/costs/rates', undefined, signal) })
export const budgetQuery = queryOptions({ queryKey: keys.budget, queryFn: ({ signal }) => get<Budget>('/costs/budget', undefined, signal), staleTime: 10_000 })

/** What was found; the pages after the first are of one part, messages when all is searched. */
export const searchQuery = (query: Query, part: 'all' | 'messages' | 'notes' | 'contacts') =>
  infiniteQueryOptions({
    queryKey: keys.search(query),
    queryFn: ({ pageParam, signal }) => get<SearchPage>('/search', { ...query, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (part === 'notes' ? page.notes : part === 'contacts' ? page.contacts : page).next_cursor,
    enabled: String(query.q ?? '').trim().length > 0,
    placeholderData: keepPreviousData,
    // Reading anew would repeat the whole look back, page by page and without a pause: what was found stays, and is forgotten soon.
    staleTime: Infinity,
    gcTime: 300_000,
    refetchOnMount: false,
    refetchOnReconnect: false,
  })

/** The quick replies that can be used in a conversation, best first, as they would be said there. */
export const quickRepliesHereQuery = (conversation: Id, q = '') =>
  queryOptions({
    queryKey: keys.quickRepliesHere(conversation, q),
    queryFn: ({ signal }) => get<Page<QuickReply>>('/quick-replies', { conversation_id: conversation, q, limit: 200 }, signal),
    staleTime: 60_000,
  })
export const quickRepliesQuery = queryOptions({ queryKey: keys.quickReplies, queryFn: ({ signal }) => list<QuickReply>('/quick-replies', signal), staleTime: 30_000 })
export const myKeysQuery = queryOptions({ queryKey: keys.myKeys, queryFn: ({ signal }) => get<KeySettings>('/users/me/keys', undefined, signal), staleTime: Infinity })
