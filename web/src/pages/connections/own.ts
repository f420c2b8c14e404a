// What is asked about a company's own CRM, as the form shows it: the places of the description, and what each may be.
import type { TFunction } from 'i18next'
import { isolated } from '@/i18n/direction'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
/** A description as the server takes it. */
export type Said = { [name: string]: Json }

type Choice = readonly (readonly [id: string, label: string])[]

/** `label` and `hint` are words of the catalogue; `example` is code, and the same in every language. */
interface Asked {
  label: string
  kind?: 'number' | 'list' | 'numbers' | 'switch'
  options?: Choice
  example?: string
  hint?: string
  /** Shown only where another place says so. */
  when?: (said: Said) => boolean
}

const by = (...ways: string[]) => (said: Said) => ways.includes(String(at(said, 'auth.by') ?? 'bearer'))
const proven = (said: Said) => (at(said, 'hook.proof') ?? 'none') !== 'none'
const methods: Choice = [['POST', 'POST'], ['PUT', 'PUT'], ['PATCH', 'PATCH']]

/** Places in the order of the form. */
export const sections = {
  auth: {
    'auth.by': { label: 'auth', options: [['bearer', 'Bearer'], ['header', 'API key (header)'], ['query', 'API key (?query)'], ['basic', 'Basic'], ['oauth', 'OAuth 2'], ['none', '–']] },
    'auth.name': { label: 'auth_name', example: 'X-Api-Key', when: by('header', 'query') },
    'auth.token_url': { label: 'token_url', example: '/oauth/token', when: by('oauth') },
    'auth.scope': { label: 'scope', example: 'contacts', when: by('oauth') },
  },
  record: {
    'record.id': { label: 'id', example: 'id', hint: 'path' },
    'record.modified': { label: 'modified', example: 'updated_at' },
    'record.name': { label: 'name', example: 'name' },
    'record.phones': { label: 'phones', kind: 'list', example: 'mobile, phones[0].number' },
    'record.email': { label: 'email', example: 'email' },
    'record.key': { label: 'key', example: 'external_ref', hint: 'key' },
    'record.deleted': { label: 'deleted', example: 'deleted_at' },
    'record.page': { label: 'page', example: 'https://crm.shop.example/customers/' },
    'record.emptied': { label: 'emptied', options: [['null', 'null'], ['text', '""']] },
    'record.absent_is_empty': { label: 'absent', kind: 'switch', hint: 'absent' },
  },
  list: {
    'list.url': { label: 'url', example: '/customers?changed_after={since}&page={page}&per_page={limit}', hint: 'list' },
    'list.pages': { label: 'pages', options: [['page', '{page}'], ['offset', '{offset}'], ['cursor', '{cursor}'], ['link', 'Link: rel="next"'], ['none', '–']] },
    'list.since_as': { label: 'since_as', options: [['iso', '2026-11-01T09:30:00Z'], ['iso_ms', '2026-11-01T09:30:00.250Z'], ['seconds', '1793525400'], ['milliseconds', '1793525400250']] },
    'list.items': { label: 'items', example: 'data' },
    'list.record': { label: 'inner', example: 'customer' },
    'list.next': { label: 'next', example: 'paging.next' },
    'list.limit': { label: 'limit', kind: 'number' },
    'list.first': { label: 'first', kind: 'number', when: (said) => (at(said, 'list.pages') ?? 'page') === 'page' },
    'list.ordered': { label: 'ordered', kind: 'switch', hint: 'ordered' },
  },
  find: {
    'read.url': { label: 'read', example: '/customers/{id}' },
    'read.record': { label: 'inner', example: 'data' },
    'find.key': { label: 'find_key', example: '/customers?external_ref={value}', hint: 'find' },
    'find.phone': { label: 'find_phone', example: '/customers?mobile={value}', hint: 'phone' },
    'find.email': { label: 'find_email', example: '/customers?email={value}' },
    'find.items': { label: 'items', example: 'data' },
    'find.record': { label: 'inner', example: 'customer' },
  },
  create: {
    'create.url': { label: 'url', example: '/customers' },
    'create.method': { label: 'method', options: methods },
    'create.at': { label: 'at', example: 'customer' },
    'create.record': { label: 'inner', example: 'data' },
    'create.idempotency_header': { label: 'idempotency', example: 'Idempotency-Key', hint: 'idempotency' },
  },
  update: {
    'update.url': { label: 'url', example: '/customers/{id}' },
    'update.method': { label: 'method', options: methods },
    'update.at': { label: 'at', example: 'customer' },
    'update.record': { label: 'inner', example: 'data' },
    'update.whole': { label: 'whole', kind: 'switch', hint: 'whole' },
  },
  limits: {
    'limits.per_second': { label: 'per_second', kind: 'number' },
    'limits.per_day': { label: 'per_day', kind: 'number' },
    'limits.later': { label: 'later', kind: 'numbers', example: '429, 503' },
    'limits.wait_header': { label: 'wait_header', example: 'Retry-After' },
    'limits.wait_path': { label: 'wait_path', example: 'error.retry_in' },
    'limits.clock_ms': { label: 'clock', kind: 'number', hint: 'clock' },
    'limits.behind_s': { label: 'behind', kind: 'number' },
    'limits.look_s': { label: 'look', kind: 'number' },
  },
  errors: {
    'errors.message': { label: 'message', example: 'error.message' },
    'errors.fields': { label: 'error_fields', example: 'errors' },
    'errors.field': { label: 'error_field', example: 'field' },
    'errors.reason': { label: 'reason', example: 'message' },
    'errors.existing': { label: 'existing', example: 'existing_id' },
    'errors.failed': { label: 'refused', example: 'failed' },
  },
  hook: {
    'hook.proof': { label: 'proof', options: [['none', '–'], ['secret', 'X-Secret: …'], ['hmac', 'HMAC-SHA256']] },
    'hook.header': { label: 'header', example: 'X-Signature', when: proven },
    'hook.prefix': { label: 'prefix', example: 'sha256=', when: (said) => at(said, 'hook.proof') === 'hmac' },
    'hook.encoding': { label: 'encoding', options: [['hex', 'hex'], ['base64', 'base64']], when: (said) => at(said, 'hook.proof') === 'hmac' },
    'hook.ids': { label: 'ids', example: 'customer.id', when: proven },
    'hook.each': { label: 'each', example: 'id', when: proven },
  },
} as const satisfies Record<string, Record<string, Asked>>

export type SectionName = keyof typeof sections
/** The places of a section. */
export const places = (section: SectionName): [string, Asked][] => Object.entries(sections[section] as Record<string, Asked>)

/** The credentials that a way of signing in needs, and the one that proves webhooks. */
export function needed(said: Said): string[] {
  const ways: Record<string, string[]> = { basic: ['username', 'password'], oauth: ['client_id', 'client_secret'], none: [] }
  const all = ways[String(at(said, 'auth.by') ?? 'bearer')] ?? ['token']
  return proven(said) ? [...all, 'hook_secret'] : all
}

/** Where a description begins: what most own CRMs have. */
export const begun: Said = {
  auth: { by: 'bearer' },
  record: { id: 'id', modified: 'updated_at' },
  list: { pages: 'page', first: 1, limit: 100, since_as: 'iso' },
  create: { method: 'POST' },
  update: { method: 'PATCH' },
  limits: { per_second: 5, per_day: 0, later: [429], wait_header: 'Retry-After', clock_ms: 1000, behind_s: 120, look_s: 30 },
}

export function at(said: Said, place: string): Json | undefined {
  return place.split('.').reduce<Json | undefined>((value, name) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value[name] : undefined), said)
}

export function put(said: Said, place: string, value: Json): Said {
  const [outer = '', inner = ''] = place.split('.')
  const group = said[outer]
  return { ...said, [outer]: { ...(group !== null && typeof group === 'object' && !Array.isArray(group) ? group : {}), [inner]: value } }
}

/** What is wrong, by the server's word; its own English sentence says more where a value is meant. */
export interface Problem {
  place: string
  code: string
  text: string
}

const kinds: Record<string, 'missing' | 'path' | 'address' | 'header' | 'range' | 'no_way_back' | 'nobody' | 'no_moment' | 'unmapped' | 'not_found' | 'refused' | 'unreadable'> = {
  missing: 'missing', path: 'path', address: 'address', braces: 'address', hole: 'address', no_hole: 'address', page: 'address', header: 'header', query_name: 'header', range: 'range',
  no_way_back: 'no_way_back', nobody: 'nobody', no_moment: 'no_moment', unmapped: 'unmapped', not_found: 'not_found', refused: 'refused', unreadable: 'unreadable',
}
const exact = new Set(['hole', 'no_hole', 'path', 'range', 'unmapped', 'refused', 'unreadable'])

export function problemText({ code, text }: Problem, t: TFunction, language: string): string {
  if (language === 'en') return text
  const kind = kinds[code]
  const words = kind ? t(`own.problem.${kind}`) : t('own.problem.other')
  return exact.has(code) || !kind ? `${words} (${isolated(text)})` : words
}
