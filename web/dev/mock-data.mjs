// In-memory data for looking at pages before a server exists: several languages, every message kind, any number of conversations.
import { randomUUID as id } from 'node:crypto'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export const now = Date.now()

const people = [
  ['Layla Al-Harbi', '+966 50 123 4567', 'ar', 'SA', 'Asia/Riyadh'],
  ['محمد عبد الرحمن', '+20 100 234 5678', 'ar', 'EG', 'Africa/Cairo'],
  ['Анна Соколова', '+7 916 123-45-67', 'ru', 'RU', 'Europe/Moscow'],
  ['Camille Dubois', '+33 6 12 34 56 78', 'fr', 'FR', 'Europe/Paris'],
  ['陳美玲', '+852 9123 4567', 'zh_HK', 'HK', 'Asia/Hong_Kong'],
  ['João Ferreira', '+55 11 91234-5678', 'pt_BR', 'BR', 'America/Sao_Paulo'],
  ['Maximiliana Constantinopoulou-Featherstonehaugh van der Westhuizen', '+27 82 123 4567', 'en', 'ZA', 'Africa/Johannesburg'],
  ['Sofía Hernández', '+52 55 1234 5678', 'es', 'MX', 'America/Mexico_City'],
  [null, '+971 50 765 4321', 'ar', 'AE', 'Asia/Dubai'],
  ['نور 🌸 Noor K.', '+965 5123 4567', 'ar', 'KW', 'Asia/Kuwait'],
]

const lines = [
  'Is the blue one still available in size M?', 'أين طلبي؟ مرّ أسبوع ولم يصل بعد 😔', 'Когда будет доставка?', 'Merci beaucoup, c’est parfait !', '請問這款還有現貨嗎？', 'Quanto custa o frete para São Paulo?',
  'مرحبا، أريد iPhone 15 Pro Max لون أسود 256GB — هل السعر $1,199 شامل الضريبة والتوصيل إلى جدة؟ وهل يمكن الدفع عند الاستلام (COD) مع خصم 10% كما في الإعلان؟ 🙏📦 شكرًا', 'It is too expensive for me', '¿Tienen tienda en Polanco?', 'Thank you!',
]

const me = { id: id(), name: 'Sara Haddad', email: 'sara@example.com', role: 'owner', locale: 'en', theme: 'system', density: 'comfortable', presence: 'online', disabled: false, created_at: now - 90 * day }
export const users = [
  me,
  { ...me, id: id(), name: 'Omar Khalid', email: 'omar@example.com', role: 'agent', presence: 'away' },
  { ...me, id: id(), name: 'Elena Petrova', email: 'elena@example.com', role: 'supervisor', presence: 'online' },
  { ...me, id: id(), name: 'Tom Becker', email: 'tom@example.com', role: 'viewer', presence: 'offline', disabled: true },
]
export const session = { user: me, workspace: { id: id(), name: 'Noor & Co.', default_country: 'AE', timezone: 'Asia/Dubai', locale: 'en', created_at: now - 90 * day }, permissions: [], feed_cursor: '0-0' }
export const teams = [{ id: id(), name: 'Sales', member_ids: [users[0].id, users[1].id] }, { id: id(), name: 'خدمة العملاء', member_ids: [users[2].id] }]
export const tokens = [{ id: id(), name: 'Shop importer', role: 'agent', scopes: [], expires_at: now + 60 * day, last_used_at: now - 5 * minute, created_at: now - 30 * day }]
export const channels = [
  { id: id(), kind: 'whatsapp', name: 'Noor & Co. Dubai', display_phone: '+971 4 555 0101', phone_number_id: '106540352242922', waba_id: '102290129340398', base_url: null, status: 'active', status_reason: null, blocked_by: [], quality: 'GREEN', tier_limit: 10000, throughput_per_second: 80, daily_limit: null, webhook_url: 'https://inbox.example.com/webhooks/whatsapp/0192f7', last_event_at: now - 20_000, last_error: null, token_age_days: 12, created_at: now - 80 * day },
]
const component = (type, more) => ({ type, ...more })
export const templates = [
  { id: id(), name: 'order_update', language: 'en_US', category: 'UTILITY', status: 'APPROVED', parameter_format: 'NAMED', components: [component('HEADER', { format: 'TEXT', text: 'Order {{order_id}}' }), component('BODY', { text: 'Hi {{first_name}}, your order is on its way and arrives {{eta}}.' }), component('FOOTER', { text: 'Reply STOP to end' }), component('BUTTONS', { buttons: [{ type: 'URL', text: 'Track', url: 'https://x.example/t/{{1}}' }] })], variables: [{ key: 'header.order_id', component: 'header', kind: 'text', label: 'order_id', example: '118', source: null, fallback: null }, { key: 'body.first_name', component: 'body', kind: 'text', label: 'first_name', example: 'Ana', source: 'first_name', fallback: 'there' }, { key: 'body.eta', component: 'body', kind: 'text', label: 'eta', example: 'Tuesday', source: null, fallback: null }] },
  { id: id(), name: 'order_update', language: 'ar', category: 'UTILITY', status: 'APPROVED', parameter_format: 'NAMED', components: [component('BODY', { text: 'مرحبًا {{first_name}}، طلبك رقم {{order_id}} في الطريق إليك ويصل {{eta}}.' }), component('FOOTER', { text: 'أرسل "إيقاف" للإلغاء' }), component('BUTTONS', { buttons: [{ type: 'QUICK_REPLY', text: 'تتبّع الطلب' }, { type: 'QUICK_REPLY', text: 'مساعدة' }] })], variables: [{ key: 'first_name', component: 'BODY', example: 'ليلى' }] },
  { id: id(), name: 'hello_world', language: 'en_US', category: 'UTILITY', status: 'APPROVED', parameter_format: 'POSITIONAL', components: [component('BODY', { text: 'Welcome and congratulations. This message shows that you can send templates.' })], variables: [] },
  { id: id(), name: 'winter_sale', language: 'ru', category: 'MARKETING', status: 'REJECTED', parameter_format: 'POSITIONAL', components: [component('BODY', { text: 'Скидка {{1}} % до воскресенья!' })], variables: [] },
].map((template) => ({ channel_id: channels[0].id, quality: 'GREEN', rejected_reason: null, message_send_ttl_seconds: null, uses: { last_30_days: 12, last_at: now - day, waiting: 0 }, updated_at: now - day, ...template }))
export const connectionKinds = [
  { kind: 'hubspot', name: 'HubSpot', base_url: 'https://api.hubapi.com', base_url_example: null, credentials: [{ name: 'access_token', secret: true, required: true, help: '' }], either: [] },
  { kind: 'zendesk', name: 'Zendesk', base_url: null, base_url_example: 'https://shop.zendesk.com', credentials: [{ name: 'email', secret: false, required: false, help: '' }, { name: 'api_token', secret: true, required: false, help: '' }, { name: 'access_token', secret: true, required: false, help: '' }], either: [['email', 'api_token'], ['access_token']] },
  { kind: 'freshdesk', name: 'Freshdesk', base_url: null, base_url_example: 'https://shop.freshdesk.com', credentials: [{ name: 'api_key', secret: true, required: true, help: '' }, { name: 'hook_secret', secret: true, required: false, help: '' }], either: [] },
  { kind: 'zoho', name: 'Zoho CRM', base_url: null, base_url_example: 'https://accounts.zoho.eu', credentials: [{ name: 'client_id', secret: false, required: true, help: '' }, { name: 'client_secret', secret: true, required: true, help: '' }, { name: 'refresh_token', secret: true, required: true, help: '' }, { name: 'hook_token', secret: true, required: false, help: '' }], either: [] },
  { kind: 'salesforce', name: 'Salesforce', base_url: null, base_url_example: 'https://shop.my.salesforce.com', credentials: [{ name: 'client_id', secret: false, required: true, help: '' }, { name: 'client_secret', secret: true, required: true, help: '' }, { name: 'refresh_token', secret: true, required: false, help: '' }], either: [] },
]
export const connections = [{ id: id(), kind: 'hubspot', name: 'HubSpot', base_url: null, status: 'active', status_reason: null, backlog: 3, failed: 1, last_sync_at: now - 40_000, lag_ms: 40_000, success_rate: 0.998, created_at: now - 70 * day }]
export const fields = ['firstname', 'lastname', 'email', 'phone', 'city', 'hs_lead_status', 'lifecyclestage'].map((name) => ({ name, label: name.replace('_', ' '), type: 'string', read_only: false, options: [] }))
export const mappings = [['first_name', 'firstname', 'both'], ['email', 'email', 'both'], ['phone', 'phone', 'push'], ['stage', 'lifecyclestage', 'pull']].map(([local_field, remote_field, direction]) => ({ local_field, remote_field, direction, default_value: local_field === 'stage' ? 'new customer' : null, enabled: true }))
export const deadLetters = [{ id: id(), queue: 'crm', kind: 'contact.push', attempts: 12, last_error: 'HubSpot: property “stage” does not accept the value “Gold”', created_at: now - 3 * hour, summary: 'Contact Layla Al-Harbi to HubSpot' }]
export const findings = [
  { check: 'webhook', state: 'ok', title: 'Webhook is reachable and verified', cause: null, fix: null },
  { check: 'token_age', state: 'warning', title: 'The access token is 27 days old', cause: 'Tokens should be changed every 30 days.', fix: 'Make a new system user token in Meta Business settings and enter it on the channel’s page.' },
  { check: 'templates', state: 'ok', title: '14 of 15 templates are approved', cause: null, fix: null },
]
export const counts = { received: 184_233, processed: 183_901, duplicates: 329, quarantined: 1, pending: 2, stored: 91_220, shown: 91_220, balanced: true }

export const contacts = []
export const conversations = []
export const messages = new Map()

const base = { sent_at: null, delivered_at: null, read_at: null, status_at: null, client_id: null, reply_to: null, reactions: [], edited_at: null, revoked_at: null, error: null, verdict: null, media: null }

export function message(conversation, direction, content, more = {}) {
  const at = more.at ?? Date.now()
  const kind = content.type === 'media' ? content.kind : content.type
  const preview = content.body ?? content.caption ?? content.preview ?? content.title ?? content.name ?? content.filename ?? content.summary ?? kind
  const author = direction === 'in' ? { kind: 'contact', id: conversation.contact.id, name: conversation.contact.name } : { kind: 'user', id: me.id, name: me.name }
  const status = direction === 'in' ? 'received' : direction === 'out' ? 'read' : direction
  return { ...base, id: id(), conversation_id: conversation.id, contact_id: conversation.contact.id, channel_id: conversation.channel.id, direction, kind, content, preview, author, status, at, created_at: at, ...more }
}

const check = (rule, word, unit, value, limit, more = {}) => ({ rule, passed: true, effect: null, value, limit, unit, note_key: `guard.${rule}.${word}`, params: null, until: null, detail: '', ...more })

export const verdict = {
  outcome: 'delay', until: now + 45 * minute, summary: 'It is night for this customer.', summary_key: 'guard.quiet_hours.quiet', decided_by: 'quiet_hours',
  checks: [
    check('channel_active', 'ok', 'text', 'active', 'active'),
    check('window', 'open', 'time', now + 3 * hour, now),
    check('target_age', 'not_needed', 'text', null, null),
    check('template_language', 'ok', 'text', 'ar', ['en', 'ar']),
    check('consent', 'ok', 'text', 'opted_in', null),
    check('promotion_gap', 'ok', 'time', now - 9 * 24 * hour, 24 * hour),
    check('quiet_hours', 'quiet', 'text', '23:10', '22:00-08:00', { passed: false, effect: 'delay', until: now + 45 * minute }),
    check('event_gap', 'not_needed', 'text', null, null),
    check('tier', 'ok', 'count', 118, 10000),
    check('throughput', 'ok', 'time', null, 80),
    check('pair_rate', 'ok', 'time', null, 6000),
  ],
}

function story(conversation) {
  const t = (ago) => ({ at: now - ago })
  const out = (content, ago, more) => message(conversation, 'out', content, { ...t(ago), sent_at: now - ago + 400, delivered_at: now - ago + 900, ...more })
  const text = (body) => ({ type: 'text', body })
  const media = (kind, mime, more = {}) => [{ type: 'media', kind, media_id: kind, mime, ...more }, { media: { id: kind, mime, size: 182_000, filename: more.filename ?? null, state: 'stored', url: `/api/v1/media/${kind}`, sha256: null } }]
  const [image, imageMedia] = media('image', 'image/png', { caption: 'This one, in blue?' })
  const [voice, voiceMedia] = media('voice', 'audio/ogg')
  const [file, fileMedia] = media('document', 'application/pdf', { filename: 'Invoice-2026-118.pdf', size: 182_000 })
  const first = message(conversation, 'in', text('Hello! Is the *linen jacket* still available in size M? https://shop.example/linen-jacket'), { ...t(26 * hour), reactions: [{ emoji: '👍', by: 'business' }] })
  return [
    message(conversation, 'event', { type: 'event', event: 'reopened', data: {} }, { ...t(26 * hour + 1000), author: { kind: 'system', id: null, name: null } }),
    first,
    message(conversation, 'in', image, { ...t(26 * hour - 20_000), ...imageMedia }),
    out(text('Hi! Thanks for writing to Noor & Co. A colleague answers within a few minutes.'), 26 * hour - 40_000, { author: { kind: 'rule', id: id(), name: 'Welcome' } }),
    message(conversation, 'event', { type: 'event', event: 'assigned', data: { to: users[1].id, name: users[1].name } }, { ...t(25.9 * hour), author: { kind: 'user', id: users[2].id, name: 'Elena Petrova' } }),
    message(conversation, 'note', { type: 'note', body: 'VIP, third order this month. Offer free delivery if she hesitates.' }, { ...t(25.8 * hour), author: { kind: 'user', id: users[2].id, name: 'Elena Petrova' } }),
    out(text('Yes, size M is in stock in blue and in sand. Shall I put one aside for you until tomorrow?'), 25.7 * hour, { author: { kind: 'user', id: users[1].id, name: 'Omar Khalid' }, status: 'read', read_at: now - 25 * hour, reply_to: { id: first.id, preview: first.preview, direction: 'in' }, reactions: [{ emoji: '❤️', by: 'contact' }] }),
    message(conversation, 'in', voice, { ...t(5 * hour), ...voiceMedia }),
    message(conversation, 'in', text('أريد الأزرق من فضلك، والتوصيل إلى حي الملقا 🙏'), t(5 * hour - 30_000)),
    message(conversation, 'in', { type: 'location', latitude: 24.8103, longitude: 46.6122, name: 'حي الملقا', address: 'Al Malqa, Riyadh 13521' }, t(4.9 * hour)),
    message(conversation, 'in', { type: 'order', catalog_id: '1', text: 'And these two', items: [{ sku: 'LIN-JKT-M-BLU', quantity: 1, price_minor: 34900, currency: 'SAR' }, { sku: 'SOCK-3P', quantity: 2, price_minor: 4500, currency: 'SAR' }] }, t(4.8 * hour)),
    out(file, 4 * hour, { ...fileMedia, status: 'delivered' }),
    out({ type: 'interactive', kind: 'button', body: 'How would you like to pay?', footer: 'Noor & Co.', action: { buttons: [{ type: 'reply', reply: { id: '1', title: 'Card' } }, { type: 'reply', reply: { id: '2', title: 'Cash on delivery' } }] } }, 4 * hour - 20_000, { status: 'delivered' }),
    message(conversation, 'in', { type: 'reply', kind: 'button', id: '1', title: 'Card' }, t(3.9 * hour)),
    message(conversation, 'in', { type: 'unsupported', kind: 'poll', reason: 'unknown type' }, t(3.8 * hour)),
    message(conversation, 'in', text('Please ignore'), { ...t(3.7 * hour), revoked_at: now - 3.6 * hour }),
    out({ type: 'template', name: 'order_update', language: 'ar', components: [], preview: 'مرحبًا ليلى، طلبك رقم 118 في الطريق إليك ويصل غدًا.' }, 2 * hour, { status: 'sent' }),
    out(text('The delivery window is 16:00 to 18:00.'), 90 * minute, { status: 'failed', error: { code: 131026, meaning: 'WhatsApp could not deliver it', advice: 'The number may have left WhatsApp. Call, or try again later.', retryable: true } }),
    out(text('We have a winter sale from Sunday.'), 50 * minute, { status: 'held', verdict }),
    out(text('Here is your pick-up code: 4471'), 40 * minute, { status: 'unknown' }),
    message(conversation, 'in', text('Perfect, thank you 😊'), { ...t(22 * minute), edited_at: now - 21 * minute }),
  ]
}

/** Fills the stage with a number of conversations. */
export function stage(size) {
  for (let index = 0; index < size; index += 1) {
    const [name, phone, language, country, timezone] = people[index % people.length]
    const shown = index < people.length || name === null ? name : `${name} ${index}`
    const ago = index < 3 ? index * 20 * minute + 22 * minute : index * 37 * minute
    const inbound = now - ago - (index % 4 === 1 ? 22.6 * hour : 0)
    const windowEnds = inbound + day
    const contact = {
      id: id(), name: shown, phone, email: index % 3 ? `customer${index}@example.com` : null, language, country, timezone, avatar_color: index, lifecycle: index % 2 ? 'prospect' : 'high_intent', source: 'whatsapp', owner_id: null,
      fields: { city: ['Riyadh', 'القاهرة', 'Москва'][index % 3], size: 'M', loyalty: 'Gold' }, identities: [{ kind: 'wa_id', value: phone.replace(/\D/g, '') }, { kind: 'user_id', value: `US.${13491208655302 + index}` }],
      blocked_on: [], consent: { marketing: ['opted_in', 'unknown', 'opted_out'][index % 3] }, window: { open: windowEnds > now, expires_at: windowEnds },
      sync: [{ connection_id: connections[0].id, connection_name: 'HubSpot', state: ['in_step', 'waiting', 'failed'][index % 3], remote_id: '51', remote_url: 'https://app.hubspot.com/contacts/1/contact/51', at: now - 40_000, error: index % 3 === 2 ? 'HubSpot refused the value of “stage”' : null }],
      created_at: now - 200 * day, updated_at: now, last_inbound_at: inbound,
    }
    const conversation = {
      id: id(), contact: { id: contact.id, name: shown, phone, avatar_color: index }, channel: { id: channels[0].id, kind: 'whatsapp', name: channels[0].name }, status: 'open', priority: ['none', 'none', 'urgent', 'none', 'high', 'none'][index % 6],
      assignee_id: [me.id, null, users[1].id, users[2].id][index % 4], team_id: null, snoozed_until: null, unread_count: index % 5 === 1 ? (index % 15 === 1 ? 3 : 128) : 0, last_message: null, last_message_at: now - ago, last_inbound_at: inbound,
      window_expires_at: windowEnds, waiting_since: inbound, created_at: now - 30 * day, updated_at: now - ago,
    }
    const list = index === 0 ? story(conversation) : [message(conversation, index % 3 === 2 ? 'out' : 'in', { type: 'text', body: lines[index % lines.length] }, { at: now - ago, status: index % 3 === 2 ? ['sent', 'delivered', 'read', 'failed'][index % 4] : 'received' })]
    contacts.push(contact)
    conversations.push(conversation)
    messages.set(conversation.id, list)
    touch(conversation, list.at(-1))
  }
}

export function touch(conversation, last) {
  conversation.last_message = { direction: last.direction, kind: last.kind, preview: last.preview, at: last.at, status: last.status }
  conversation.last_message_at = last.at
  conversation.updated_at = Date.now()
}
