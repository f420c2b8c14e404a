// The HTTP API as the screens see it. Times are integer milliseconds UTC, ids are UUID strings.

export type Ms = number
export type Id = string

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export type Role = 'owner' | 'admin' | 'supervisor' | 'agent' | 'viewer'
export type Theme = 'system' | 'light' | 'dark'
export type Density = 'comfortable' | 'compact'
export type Presence = 'online' | 'away' | 'offline'

export interface User {
  id: Id
  name: string
  email: string
  role: Role
  locale: string
  theme: Theme
  density: Density
  presence: Presence
  disabled: boolean
  created_at: Ms
}

export interface Workspace {
  id: Id
  name: string
  default_country: string
  timezone: string
  locale: string
  created_at: Ms
}

export interface Me {
  user: User
  workspace: Workspace
  permissions: string[]
  feed_cursor: string
}

export interface Team {
  id: Id
  name: string
  member_ids: Id[]
}

export interface Token {
  id: Id
  name: string
  role: Role
  scopes: string[]
  expires_at: Ms | null
  last_used_at: Ms | null
  created_at: Ms
  /** Present once, in the answer that creates the token. */
  secret?: string
}

export type ChannelStatus = 'active' | 'paused' | 'error' | 'disconnected'

export interface Channel {
  id: Id
  kind: 'whatsapp'
  name: string
  display_phone: string | null
  phone_number_id: string
  waba_id: string
  base_url: string | null
  status: ChannelStatus
  status_reason: string | null
  quality: string | null
  tier_limit: number | null
  throughput_per_second: number | null
  daily_limit: number | null
  webhook_url: string
  last_event_at: Ms | null
  last_error: string | null
  token_age_days: number | null
  created_at: Ms
}

export interface Finding {
  check: string
  state: 'ok' | 'warning' | 'blocking'
  title: string
  cause: string | null
  fix: string | null
}

/** One component of Meta's template definition; only the members the preview needs. */
export interface TemplateComponent {
  type: string
  format?: string
  text?: string
  buttons?: { type: string; text: string; url?: string; phone_number?: string }[]
}

export interface Template {
  id: Id
  channel_id: Id
  name: string
  language: string
  category: string
  status: string
  quality: string | null
  components: TemplateComponent[]
  parameter_format: string | null
  variables: { key: string; component: string; example: string | null }[]
  updated_at: Ms
}

export interface WindowState {
  open: boolean
  expires_at: Ms | null
}

export interface SyncState {
  connection_id: Id
  connection_name: string
  state: 'in_step' | 'waiting' | 'failed'
  remote_id: string | null
  remote_url: string | null
  at: Ms | null
  error: string | null
}

export type ConsentState = 'opted_in' | 'opted_out' | 'unknown'

export interface Contact {
  id: Id
  name: string | null
  phone: string | null
  email: string | null
  language: string | null
  country: string | null
  timezone: string | null
  avatar_color: number | string | null
  lifecycle: string | null
  source: string | null
  owner_id: Id | null
  fields: Record<string, unknown>
  identities: { kind: string; value: string }[]
  consent: { marketing: ConsentState }
  window: WindowState
  sync: SyncState[]
  created_at: Ms
  updated_at: Ms
  last_inbound_at: Ms | null
}

export interface Consent {
  id: Id
  purpose: string
  state: ConsentState
  source: string | null
  proof: string | null
  at: Ms
}

export type ConversationStatus = 'open' | 'pending' | 'snoozed' | 'resolved'
export type Priority = 'none' | 'low' | 'medium' | 'high' | 'urgent'
export type Direction = 'in' | 'out' | 'note' | 'event'

export interface Conversation {
  id: Id
  contact: { id: Id; name: string | null; phone: string | null; avatar_color: number | string | null }
  channel: { id: Id; kind: string; name: string }
  status: ConversationStatus
  priority: Priority
  assignee_id: Id | null
  team_id: Id | null
  snoozed_until: Ms | null
  unread_count: number
  last_message: { direction: Direction; kind: string; preview: string; at: Ms; status: string } | null
  last_message_at: Ms | null
  last_inbound_at: Ms | null
  window_expires_at: Ms | null
  waiting_since: Ms | null
  created_at: Ms
  updated_at: Ms
}

export interface ConversationPatch {
  status?: ConversationStatus
  priority?: Priority
  assignee_id?: Id | null
  team_id?: Id | null
  snoozed_until?: Ms | null
}

export type View = 'mine' | 'unassigned' | 'all' | 'unread'
export type Sort = 'latest' | 'closes_next' | 'waiting'
export type Counts = Record<View, number>

export type MediaKind = 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker'

/** A send-time template component (Meta's shape). */
export interface SendComponent {
  type: string
  sub_type?: string
  index?: string
  parameters: Record<string, unknown>[]
}

export type Content =
  | { type: 'text'; body: string; preview_url?: boolean }
  | { type: 'media'; kind: MediaKind; media_id?: Id; mime?: string; filename?: string; caption?: string; size?: number; sha256?: string; animated?: boolean }
  | { type: 'location'; latitude: number; longitude: number; name?: string; address?: string; url?: string }
  | { type: 'contacts'; cards: { name: string; phones: string[]; emails: string[]; org?: string }[] }
  | { type: 'template'; name: string; language: string; components: SendComponent[]; preview?: string }
  | { type: 'interactive'; kind: string; header?: unknown; body?: string; footer?: string; action?: Record<string, unknown>; summary?: string }
  | { type: 'reply'; kind: string; id?: string; title?: string; description?: string; data?: unknown }
  | { type: 'order'; catalog_id: string; text?: string; items: { sku: string; quantity: number; price_minor: number; currency: string }[] }
  | { type: 'reaction'; target: Id; emoji: string | null }
  | { type: 'system'; event: string; body: string }
  | { type: 'note'; body: string; mentions?: Id[] }
  | { type: 'event'; event: string; data: Record<string, unknown> | null }
  | { type: 'unsupported'; kind: string; reason: string }

export type MessageStatus =
  | 'queued' | 'held' | 'sending' | 'unknown' | 'sent' | 'delivered' | 'read' | 'failed' | 'refused' | 'received' | 'note' | 'event'

export interface Check {
  rule: string
  passed: boolean
  value?: string | number | null
  limit?: string | number | null
  detail?: string | null
}

export interface Verdict {
  outcome: 'allow' | 'delay' | 'refuse'
  until: Ms | null
  summary: string
  checks: Check[]
}

export interface Message {
  id: Id
  conversation_id: Id
  contact_id: Id
  channel_id: Id
  direction: Direction
  kind: string
  content: Content
  preview: string
  author: { kind: 'contact' | 'user' | 'rule' | 'api' | 'system' | 'phone_app'; id: Id | null; name: string | null }
  status: MessageStatus
  status_at: Ms | null
  sent_at: Ms | null
  delivered_at: Ms | null
  read_at: Ms | null
  at: Ms
  created_at: Ms
  client_id: string | null
  reply_to: { id: Id; preview: string; direction: Direction } | null
  reactions: { emoji: string; by: 'contact' | 'business' }[]
  edited_at: Ms | null
  revoked_at: Ms | null
  error: { code: string | number; meaning: string; advice: string; retryable: boolean } | null
  verdict: Verdict | null
  media: { id: Id; mime: string | null; size: number | null; filename: string | null; state: 'pending' | 'stored' | 'failed'; url: string | null; sha256: string | null } | null
}

export interface SendRequest {
  client_id?: string
  content: Content
  reply_to?: Id
}

export interface Why {
  verdict: Verdict | null
  attempts: { n: number; at: Ms; outcome: string; code: string | number | null; detail: string | null }[]
}

export interface Upload {
  id: Id
  mime: string
  size: number
  filename: string
  sha256: string
}

export interface SearchHit {
  message: { id: Id; preview: string; at: Ms; direction: Direction }
  conversation_id: Id
  contact: { id: Id; name: string | null }
  highlights: [number, number][]
}

export interface Connection {
  id: Id
  kind: 'hubspot'
  name: string
  base_url: string | null
  status: 'active' | 'paused' | 'error'
  status_reason: string | null
  backlog: number
  failed: number
  last_sync_at: Ms | null
  lag_ms: number | null
  success_rate: number | null
  created_at: Ms
}

export interface RemoteField {
  name: string
  label: string
  type: string
  read_only: boolean
  options: unknown
}

export interface Mapping {
  local_field: string
  remote_field: string
  direction: 'both' | 'push' | 'pull'
  default_value: string | null
  enabled: boolean
}

export interface DeadLetter {
  id: Id
  queue: string
  kind: string
  attempts: number
  last_error: string | null
  created_at: Ms
  summary: string | null
}

export interface AuditCounts {
  received: number
  processed: number
  duplicates: number
  quarantined: number
  pending: number
  stored: number
  shown: number
  balanced: boolean
}

/** One event of the live feed. */
export interface LiveEvent {
  kind: string
  conversation_id?: Id
  contact_id?: Id
  message_id?: Id
  at: Ms
  data?: unknown
}
