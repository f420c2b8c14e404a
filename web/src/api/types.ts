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
  /** Of a thread that is not shown to its end: where newer lines begin. */
  newer_cursor?: string | null
}

export type Role = S['Role']
export type Theme = S['Theme']
export type Density = S['Density']
export type Presence = S['Presence']
export type User = S['User']
export type DeviceWants = S['DeviceWants']
export type Device = Present<S['Device']>
export type PushSettings = Present<S['Push']>
export type Workspace = S['Workspace']
export type Me = S['Me']
export type Team = S['Team']
/** `secret` comes once, in the answer that creates the token. */
export type Token = With<Present<S['Token']>, { secret?: string }>

export type ChannelStatus = 'active' | 'paused' | 'error' | 'disconnected'
export type Channel = With<S['Channel'], { status: ChannelStatus }>
export type AddedChannel = Channel & { findings: Finding[] }
export type Finding = S['Finding']
export type AccountEvent = With<S['AccountEvent'], { severity: 'info' | 'warning' | 'severe'; values: Record<string, string | undefined> }>
export type BusinessProfile = S['BusinessProfile']
export type Subscription = S['Subscription']
export type Tier = S['Tier']
export type Calls = S['Calls']
export type RouteHealth = S['RouteHealth']
export type RouteSettings = S['RouteSettings']
export type Route = With<S['Route'], { reason: 'none' | 'slow' | 'failing' | 'by_hand' | 'well' | 'standby_lost' }>
export type QrCode = S['QrCode']

/** One component of Meta's template definition; only the members the preview and the editor need. */
export interface TemplateComponent {
  type: string
  format?: string
  text?: string
  example?: Record<string, unknown>
  buttons?: { type: string; text: string; url?: string; phone_number?: string }[]
  limited_time_offer?: { text?: string; has_expiration?: boolean }
  add_security_recommendation?: boolean
  code_expiration_minutes?: number
}

export type Template = With<S['Template'], { components: TemplateComponent[] }>
export type TemplateProblem = S['TemplateProblem']
export type FilledTemplate = With<S['FilledTemplate'], { blanks: { key: string; value: string; origin: 'given' | 'contact' | 'fallback' }[] }>
export type TemplateSuggestion = With<S['TemplateSuggestion'], { reasons: { code: 'language' | 'words' | 'tag' | 'reopens' | 'often'; value: string }[] }>
export type LibraryTemplate = With<S['LibraryTemplate'], { components: TemplateComponent[] }>
export type LibraryPage = { items: LibraryTemplate[]; next_cursor: string | null }
export type Forecast = S['Forecast']
export type MediaRetention = S['MediaRetention']

export type WindowState = Present<S['Window']>
export type SyncState = With<Present<S['SyncState']>, { state: 'in_step' | 'waiting' | 'failed' }>
export type ConsentState = 'opted_in' | 'opted_out' | 'unknown'
export type Contact = With<Present<S['Contact']>, { fields: Record<string, unknown>; consent: { marketing: ConsentState }; sync: SyncState[] }>
export type Consent = With<Present<S['Consent']>, { state: ConsentState }>

export type Tag = Present<S['Tag']>
export type TagUses = S['TagUses']

export type ConversationStatus = S['ConversationStatus']
export type Priority = S['Priority']
export type Direction = S['Direction']
export type Conversation = Present<S['Conversation']>
export type ConversationPatch = { [K in keyof S['ConversationPatch']]?: K extends 'assignee_id' | 'team_id' | 'snoozed_until' ? S['ConversationPatch'][K] : NonNullable<S['ConversationPatch'][K]> }

export type View = S['ConversationViewName']
/** A saved view; what its filter leaves out does not restrict. */
export type SavedFilter = { [K in keyof S['ConversationFilter']]?: NonNullable<S['ConversationFilter'][K]> }
export type SavedView = With<Present<S['SavedView']>, { filter: SavedFilter }>
export type Collaborator = Present<S['Collaborator']>
/** What a change to many does to each; what is left out stays. */
export type BulkAction = { [K in keyof S['BulkAction']]?: K extends 'assignee_id' | 'team_id' ? S['BulkAction'][K] : NonNullable<S['BulkAction'][K]> }
export type BulkChange = With<Present<S['BulkChange']>, { action: BulkAction; state: 'running' | 'done' | 'cancelled' }>
export type Sort = 'latest' | 'closes_next' | 'waiting'
export type Counts = S['ConversationCounts']

export type MediaKind = S['MediaKind']

/** A send-time template component (Meta's shape). */
export interface SendComponent {
  type: string
  sub_type?: string
  index?: string
  parameters?: Record<string, unknown>[]
  cards?: { card_index: number; components: SendComponent[] }[]
}

type Given<T> = { [K in keyof T]: Exclude<T[K], null> }
type OpenContent = 'template' | 'interactive' | 'event' | 'reaction' | 'reply'

export type Content =
  | Given<Exclude<S['Content'], { type: OpenContent }>>
  | { type: 'template'; name: string; language: string; components?: SendComponent[]; preview?: string }
  | { type: 'interactive'; kind: string; header?: unknown; body?: string; footer?: string; action?: Record<string, unknown>; summary?: string }
  | { type: 'reply'; kind: string; id?: string; title?: string; description?: string; data?: unknown; order?: string[] }
  | { type: 'reaction'; target: Id; emoji: string | null }
  | { type: 'event'; event: string; data: Record<string, unknown> | null }

export type MessageStatus = S['MessageStatus']
export type Check = Present<S['Check']>
export type Verdict = Present<S['Verdict']>
export type MaySend = { channels: With<Present<S['ChannelMaySend']>, { text: Verdict; utility: Verdict; marketing: Verdict; campaign: Verdict }>[] }
type OnCap = 'delay' | 'refuse'
/** The rules in force: every field has a value. */
export type GuardPolicy = With<
  { [K in keyof S['GuardPolicy']]-?: NonNullable<S['GuardPolicy'][K]> },
  {
    opt_in_on_cap: OnCap
    promotion_on_cap: OnCap
    event_on_cap: OnCap
    promotion_slot: 'off' | 'automatic' | 'everyone'
    promotion_slot_day: 'any' | 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'
    same_content_period: 'calendar_month' | { days: number }
  }
>
export type GuardField = Present<S['GuardField']>
export type GuardSettings = With<S['GuardSettings'], { policy: GuardPolicy; defaults: GuardPolicy; fields: GuardField[] }>
type Media = With<Present<S['MessageMedia']>, { state: 'pending' | 'stored' | 'failed' | 'deleted' }>

export type Message = With<Present<Omit<S['Message'], 'content'>>, { content: Content; reactions: { emoji: string; by: 'contact' | 'business' }[]; media: Media | null }>
export type SendRequest = With<S['SendRequest'], { content: Content }>
export type Why = Present<S['Why']>
export type Upload = S['Upload']
export type SearchHit = With<Present<S['SearchHit']>, { highlights: [number, number][] }>
export type ContactHit = With<Present<S['List_ContactHit']['items'][number]>, { highlights: [number, number][]; detail: { kind: string; value: string; highlights: [number, number][] } | null; last_inbound_at: Ms | null; contact: { id: Id; name: string | null } }>
export interface SearchPage extends Page<SearchHit> {
  notes: Page<SearchHit>
  contacts: Page<ContactHit>
  /** While messages of old are not all found yet. */
  indexing: { done: number; total: number } | null
}
export type AuditCounts = S['Counts']

/** A step of the first-run guide with the one thing to do for it. */
export type GuideStep = With<S['GuideStep'], {
  name: 'present' | 'channel' | 'message' | 'answer' | 'colleagues' | 'crm'
  state: 'done' | 'next' | 'open' | 'waits'
  action: 'go_online' | 'add_channel' | 'open_channel' | 'write' | 'open_conversation' | 'open_inbox' | 'invite' | 'connect_crm' | null
}>
export type PracticeKind = 'order' | 'size' | 'photo' | 'refund' | 'window'
export type PracticePoint = With<S['PracticePoint'], { name: 'first_response' | 'patience' | 'order_number' | 'asked_back' | 'template' | 'note' | 'resolved' | 'category' }>
export type PracticeDebrief = With<S['PracticeDebrief'], { points: PracticePoint[] }>
export type PracticeRun = With<S['PracticeRun'], { scenario: PracticeKind; state: 'running' | 'done' | 'given_up'; debrief: PracticeDebrief | null }>
export type PracticeScenario = With<S['PracticeScenario'], { kind: PracticeKind }>
export type Practice = With<S['Practice'], { scenarios: PracticeScenario[]; runs: PracticeRun[] }>
export type Guide = With<S['Guide'], { steps: GuideStep[] }>

export type ConnectionKind = Present<S['ConnectionKind']>
export type Connection = With<Present<S['Connection']>, { status: 'active' | 'paused' | 'error' }>
export type Trial = Present<S['Trial']>
export type RemoteField = S['RemoteField']
export type Prefer = 'newest' | Side
export type Mapping = With<Present<S['Mapping']>, { direction: 'both' | 'push' | 'pull'; prefer: Prefer }>
/** Whose value of a field: Rapport's or the CRM's. */
export type Side = S['ConflictSide']
export type Conflict = With<Present<S['Conflict']>, { ours: unknown; theirs: unknown; base: unknown; won_by: 'later' | 'tie'; state: 'open' | 'settled' }>
export type ConflictCounts = With<Present<S['ConflictCounts']>, { fields: With<Present<S['ConflictField']>, { prefer: Prefer }>[] }>
export type ConnectionFigures = With<Present<S['ConnectionHealth']>, { quota: { daily: number; remaining: number } | null }>
export type HistoryEntry = With<Present<S['HistoryEntry']>, { changes: { field: string; old: unknown; new: unknown }[] }>
export type Suggestion = With<S['Suggestion'], { keep: Contact; other: Contact; reasons: { kind: 'number' | 'email' | 'address' | 'postcode' | 'name' | 'bought'; value: string }[] }>
export type ContactMerge = Present<S['ContactMerge']>
export type DeadLetter = Present<S['DeadLetter']>

export type CostSum = Present<S['CostSum']>
export type MessageCost = With<Present<S['MessageCost']>, { state: 'actual' | 'estimate'; why: 'rate' | 'customer_service' | 'free_entry_point' | 'free_allowance' | 'price_missing' | 'before_rates' }>
export type CostReport = Present<S['CostReport']>
export type Rate = Present<S['Rate']>
export type Budget = Present<S['Budget']>

/** One event of the live feed. */
export interface LiveEvent {
  kind: string
  conversation_id?: Id
  contact_id?: Id
  message_id?: Id
  at: Ms
  data?: unknown
}

/** An answer kept ready; `here` is what it says in the conversation that was asked about. */
export type QuickReply = With<Present<S['QuickReply']>, { bodies: Record<string, string>; here: { language: string; text: string; missing: string[] } | null }>
export type QuickReplyFile = S['QuickReplyFile']
export type QuickReplyAudience = S['QuickReplyAudience']
export type ImportReport = Present<S['ImportReport']>
/** What one person chose for keys; actions that are not named have their usual ones. */
export interface KeySettings {
  mode: S['KeyMode']
  keys: Record<string, { code: string; mod?: boolean; shift?: boolean; alt?: boolean } | null>
}

/** What the shop tells; an answer carries every field. */
export type Shipment = Present<S['Shipment']>
export type ShopOrder = Present<S['ShopOrder']>
export type Product = Present<S['Product']>
export type Store = With<Present<S['Store']>, { stock: Record<string, number> }>
export type ShopReport = Present<S['ShopReport']>
export type CouponPool = Present<S['CouponPool']>
export type Coupon = Present<S['Coupon']>
export type ShopSource = Present<S['ShopSource']>
export type ShopDelivery = Present<S['ShopDelivery']>
