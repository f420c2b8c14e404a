// What happened to a conversation, in one sentence of the reader's language.
import type { TFunction } from 'i18next'
import type { Message, Priority } from '@/api/types'
import type { Formats } from '@/i18n/format'

type Data = Record<string, unknown>

const priorities: readonly Priority[] = ['none', 'low', 'medium', 'high', 'urgent']
const notices = ['user_changed_number', 'user_changed_user_id', 'customer_identity_changed'] as const

/** Names of another direction must not tear the sentence apart. */
function isolated(name: string): string {
  return `\u2068${name}\u2069`
}

interface Reader {
  t: TFunction
  formats: Formats
  me: string
}

/** The sentence of a conversation event or a provider's notice; a kind we do not know keeps the server's own words. */
export function eventText(message: Message, reader: Reader): string {
  const { content } = message
  if (content.type === 'system') return systemText(content.event, content.body, reader) || message.preview
  if (content.type !== 'event') return message.preview
  return changeText(content.event, content.data ?? {}, message.author, reader) || message.preview || content.event.replaceAll('_', ' ')
}

function changeText(event: string, data: Data, author: Message['author'], { t, formats, me }: Reader): string | null {
  const person = author.id !== null && author.id === me ? t('thread.you') : author.name
  const who = isolated(author.kind === 'api' ? `${t('thread.author.api')} (${author.name ?? ''})` : (person ?? t('event.the_rules')))
  const name = typeof data.name === 'string' ? isolated(data.name) : null
  if (event === 'reopened') return t('event.reopened')
  if (event === 'woken') return t('event.woken')
  if (event === 'collaborator_added') return data.to === author.id ? t('event.follows', { who }) : t('event.collaborator_added', { who, name: name ?? t('thread.someone') })
  if (event === 'collaborator_removed') return data.to === author.id ? t('event.unfollows', { who }) : t('event.collaborator_removed', { who, name: name ?? t('thread.someone') })
  if (event === 'split_to' || event === 'split_from' || event === 'merged') return t(`event.${event}`, { who })
  if (event === 'consent_changed') return t(data.state === 'opted_out' ? 'event.opted_out' : 'event.opted_in')
  if (event === 'survey_answered') return t('event.survey_answered', { score: `\u2066${String(data.score)}\u2069` })
  if (event === 'survey_commented') return t('event.survey_commented')
  if (event === 'assigned') {
    const given = name && givenText(name, data.reason, t)
    if (given) return given
    if (data.to === null || data.to === undefined) return t('event.unassigned', { who })
    if (data.to === author.id) return t('event.taken', { who })
    return t('event.assigned', { who, name: name ?? t('thread.someone') })
  }
  if (event === 'team_changed') return name ? t('event.team', { who, name }) : t('event.no_team', { who })
  if (event === 'priority_changed') {
    const to = priorities.find((candidate) => candidate === data.to)
    return to ? t('event.priority', { who, to: t(`priority.${to}`) }) : null
  }
  if (event !== 'status_changed') return null
  switch (data.to) {
    case 'resolved':
      return closedText(t('event.resolved', { who }), data, t)
    case 'pending':
      return t('event.pending', { who })
    case 'snoozed':
      return typeof data.until === 'number' ? t('event.snoozed', { who, time: formats.moment(data.until) }) : null
    default:
      return data.from === 'snoozed' && person === null ? t('event.awake') : t('event.reopened_by', { who })
  }
}

/** Why an agent was given a conversation by itself: whose turn it was, who had least, who has the skill, whose customer it is. */
function givenText(name: string, reason: unknown, t: TFunction): string | null {
  if (typeof reason !== 'object' || reason === null || !('kind' in reason)) return null
  const { kind, open, skills } = reason as { kind: unknown; open?: unknown; skills?: unknown }
  if (kind === 'turn') return t('event.given_turn', { name })
  if (kind === 'owner') return t('event.given_owner', { name })
  if (kind === 'skill' && Array.isArray(skills)) return t('event.given_skill', { name, skills: skills.map((skill) => isolated(String(skill))).join(t('common.list_separator')) })
  if (kind === 'fewest' && typeof open === 'number') return t('event.given_fewest', { name, count: open })
  return null
}

/** The category and the note that were given when it was resolved. */
function closedText(text: string, data: Data, t: TFunction): string {
  const category = typeof data.category === 'object' && data.category !== null ? (data.category as Data).name : null
  const told = typeof category === 'string' ? t('event.resolved_as', { text, category: isolated(category) }) : text
  return typeof data.note === 'string' ? t('event.with_note', { text: told, note: isolated(data.note) }) : told
}

function systemText(event: string, body: string, { t }: Reader): string {
  if (event === 'call') return callText(body, t)
  const known = notices.find((candidate) => candidate === event)
  if (!known) return body
  // The provider's line often names the numbers; they are worth keeping beside our sentence.
  const numbers = body.match(/\+?\d[\d ]{6,}\d/g)?.map((number) => `\u2066${number}\u2069`) ?? []
  return numbers.length > 0 ? `${t(`event.${known}`)} (${numbers.join(' → ')})` : t(`event.${known}`)
}

/** Calls come as "Call from the customer, 1:05 min" or "..., rejected". */
function callText(body: string, t: TFunction): string {
  const call = body.startsWith('Call from') ? t('event.call_in') : body.startsWith('Call to') ? t('event.call_out') : t('event.call')
  const length = /(\d+:\d{2}) min/.exec(body)?.[1]
  return length ? t('event.call_minutes', { call, length: `\u2066${length}\u2069` }) : t('event.call_missed', { call })
}
