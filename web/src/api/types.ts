// The HTTP API as the screens see it: the generated schema, with words and shapes named more closely where the document leaves them open.
// Times are integer milliseconds UTC, ids are UUID strings.
import type { components } from './schema'

type S = components['schemas']

/** Answers always carry every field; the document marks those that may be null as optional. */
type Present<T> = unknown extends T ? T : T extends (infer Item)[] ? Present<Item>[] : T extends object ? { [K in keyof T]-?: Present<Exclude<T[K], undefined>> } : T
type With<T, More> = Omit<T, keyof More> & More

export type Ms = number
export type Id = string

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export type Role = S['Role']
export type Theme = S['Theme']
export type Density = S['Density']
export type Presence = S['Presence']
export type User = S['User']
export type Workspace = S['Workspace']
export type Me = S['Me']
export type Team = S['Team']
/** `secret` comes once, in the answer that creates the token. */
export type Token = With<Present<S['Token']>, { secret?: string }>

export type ChannelStatus = 'active' | 'paused' | 'error' | 'disconnected'
export type Channel = With<S['Channel'], { status: ChannelStatus }>
export type AddedChannel = Channel & { findings: Finding[] }
export type Finding = S['Finding']

/** One component of Meta's template definition; only the members the preview needs. */
export interface TemplateComponent {
  type: string
  format?: string
  text?: string
  buttons?: { type: string; text: string; url?: string; phone_number?: string }[]
}

export type Template = With<S['Template'], { components: TemplateComponent[] }>

export type WindowState = Present<S['Window']>
export type SyncState = With<Present<S['SyncState']>, { state: 'in_step' | 'waiting' | 'failed' }>
export type ConsentState = 'opted_in' | 'opted_out' | 'unknown'
export type Contact = With<Present<S['Contact']>, { fields: Record<string, unknown>; consent: { marketing: ConsentState }; sync: SyncState[] }>
export type Consent = With<Present<S['Consent']>, { state: ConsentState }>

export type ConversationStatus = S['ConversationStatus']
export type Priority = S['Priority']
export type Direction = S['Direction']
export type Conversation = Present<S['Conversation']>
export type ConversationPatch = { [K in keyof S['ConversationPatch']]?: K extends 'assignee_id' | 'team_id' | 'snoozed_until' ? S['ConversationPatch'][K] : NonNullable<S['ConversationPatch'][K]> }

export type View = 'mine' | 'unassigned' | 'all' | 'unread'
export type Sort = 'latest' | 'closes_next' | 'waiting'
export type Counts = S['ConversationCounts']

export type MediaKind = S['MediaKind']

/** A send-time template component (Meta's shape). */
export interface SendComponent {
  type: string
  sub_type?: string
  index?: string
  parameters: Record<string, unknown>[]
}

type Given<T> = { [K in keyof T]: Exclude<T[K], null> }
type OpenContent = 'template' | 'interactive' | 'event' | 'reaction' | 'reply'

export type Content =
  | Given<Exclude<S['Content'], { type: OpenContent }>>
  | { type: 'template'; name: string; language: string; components?: SendComponent[]; preview?: string }
  | { type: 'interactive'; kind: string; header?: unknown; body?: string; footer?: string; action?: Record<string, unknown>; summary?: string }
  | { type: 'reply'; kind: string; id?: string; title?: string; description?: string; data?: unknown }
  | { type: 'reaction'; target: Id; emoji: string | null }
  | { type: 'event'; event: string; data: Record<string, unknown> | null }

export type MessageStatus = S['MessageStatus']
export type Check = Present<S['Check']>
export type Verdict = Present<S['Verdict']>
type Media = With<Present<S['MessageMedia']>, { state: 'pending' | 'stored' | 'failed' }>

export type Message = With<Present<Omit<S['Message'], 'content'>>, { content: Content; reactions: { emoji: string; by: 'contact' | 'business' }[]; media: Media | null }>
export type SendRequest = With<S['SendRequest'], { content: Content }>
export type Why = Present<S['Why']>
export type Upload = S['Upload']
export type SearchHit = With<Present<S['SearchHit']>, { highlights: [number, number][] }>
export type AuditCounts = S['Counts']

export type Connection = With<Present<S['Connection']>, { status: 'active' | 'paused' | 'error' }>
export type RemoteField = S['RemoteField']
export type Mapping = With<Present<S['Mapping']>, { direction: 'both' | 'push' | 'pull' }>
export type DeadLetter = Present<S['DeadLetter']>

/** One event of the live feed. */
export interface LiveEvent {
  kind: string
  conversation_id?: Id
  contact_id?: Id
  message_id?: Id
  at: Ms
  data?: unknown
}
