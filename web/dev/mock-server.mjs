// A stand-in for the server, for looking at pages during development only: `node dev/mock-server.mjs [--size 10000] [--port 8090] [--live]`.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { channels, connectionKinds, connections, contacts, conversations, counts, deadLetters, fields, findings, mappings, message, messages, now, session, stage, teams, templates, tokens, touch, users, verdict } from './mock-data.mjs'

const option = (name, fallback) => (process.argv.includes(`--${name}`) ? Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) : fallback)
const port = option('port', 8090)
stage(option('size', 60))

const dist = new URL('../dist/', import.meta.url).pathname
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.json': 'application/json' }
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
const streams = new Set()
let position = 0
let signedIn = !process.argv.includes('--signed-out')

function emit(kind, row, extra) {
  position += 1
  const data = JSON.stringify({ kind, at: Date.now(), ...extra, data: row })
  for (const stream of streams) stream.write(`id: ${position}-0\nevent: ${kind}\ndata: ${data}\n\n`)
}

const page = (items, url) => {
  const limit = Number(url.searchParams.get('limit') ?? 50)
  const from = Number(url.searchParams.get('cursor') ?? 0)
  return { items: items.slice(from, from + limit), next_cursor: from + limit < items.length ? String(from + limit) : null }
}

function listed(url) {
  const get = (name) => url.searchParams.get(name)
  const me = session.user.id
  const q = get('q')?.toLowerCase()
  const found = conversations.filter((row) => {
    if (get('status') && get('status') !== 'any' && row.status !== get('status')) return false
    if (get('view') === 'mine' && row.assignee_id !== me) return false
    if (get('view') === 'unassigned' && row.assignee_id) return false
    if (get('view') === 'unread' && !row.unread_count) return false
    return !q || `${row.contact.name} ${row.contact.phone} ${row.last_message.preview}`.toLowerCase().includes(q)
  })
  const rank = { closes_next: (row) => (row.window_expires_at > Date.now() ? row.window_expires_at : Infinity), waiting: (row) => row.waiting_since ?? Infinity }[get('sort')] ?? ((row) => -row.last_message_at)
  return page(found.sort((a, b) => rank(a) - rank(b)), url)
}

/** A message of ours lives through its states. */
function progress(conversation, sent) {
  ;['sent', 'delivered', 'read'].forEach((status, index) => setTimeout(() => {
    Object.assign(sent, { status, status_at: Date.now(), [`${status}_at`]: Date.now() })
    touch(conversation, sent)
    emit('message.updated', sent, { conversation_id: conversation.id, message_id: sent.id })
    emit('conversation.updated', undefined, { conversation_id: conversation.id })
  }, 500 * (index + 1)))
}

function say(conversation, direction, content, more) {
  const known = more.client_id && messages.get(conversation.id).find((row) => row.client_id === more.client_id)
  if (known) return known
  const row = message(conversation, direction, content, { ...more, status: direction === 'out' ? 'queued' : direction === 'in' ? 'received' : direction })
  messages.get(conversation.id).push(row)
  touch(conversation, row)
  emit('message.created', row, { conversation_id: conversation.id, message_id: row.id })
  emit('conversation.updated', undefined, { conversation_id: conversation.id })
  if (direction === 'out') progress(conversation, row)
  return row
}

const byId = (list, id) => list.find((row) => row.id === id)
const allMessages = () => [...messages.values()].flat()
const routes = [
  ['GET', /^\/session$/, () => session],
  ['POST', /^\/session$/, (_m, body) => (body.password === 'wrong' ? { status: 401, code: 'bad_credentials' } : ((signedIn = true), session))],
  ['DELETE', /^\/session$/, () => void (signedIn = false)],
  ['GET', /^\/users$/, () => ({ items: users, next_cursor: null })],
  ['PATCH', /^\/users\/me$/, (_m, body) => Object.assign(session.user, body)],
  ['PATCH', /^\/users\/(.+)$/, ([, id], body) => Object.assign(byId(users, id), body)],
  ['GET', /^\/teams$/, () => ({ items: teams, next_cursor: null })],
  ['GET', /^\/tokens$/, () => ({ items: tokens, next_cursor: null })],
  ['POST', /^\/tokens$/, (_m, body) => ({ ...tokens[0], ...body, id: 'new', secret: 'rpt_5f0c2a9e7d1b4863b0a1c9d2e3f40517' })],
  ['GET', /^\/channels$/, () => ({ items: channels, next_cursor: null })],
  ['POST', /^\/channels$/, () => channels[0]],
  ['POST', /^\/channels\/(.+)\/check$/, () => ({ findings })],
  ['GET', /^\/channels\/(.+)\/timeline$/, () => ({ items: [{ id: 'a1', at: now - 3_600_000, kind: 'limit_raised', severity: 'info', summary: 'The messaging limit was raised', advice: '', advice_text: '', values: { limit: '10000' } }], next_cursor: null })],
  ['GET', /^\/channels\/(.+)\/profile$/, () => ({ about: 'Fine clothes', address: '', description: '', email: '', websites: [], vertical: 'RETAIL', picture_url: null })],
  ['GET', /^\/channels\/(.+)\/qr-codes$/, () => ({ items: [], next_cursor: null })],
  ['GET', /^\/channels\/(.+)\/subscription$/, () => ({ here: channels[0].webhook_url, delivers_to: channels[0].webhook_url, points_here: true, apps: [{ id: '1', name: 'Shop app', own: true, override_callback: null }], number_callback: null, account_callback: null, app_callback: channels[0].webhook_url, verified_at: now, last_event_at: now, refused_signatures: 0 })],
  ['POST', /^\/channels\/(.+)\/templates\/sync$/, () => ({ synced: templates.length })],
  ['GET', /^\/templates$/, (_m, _b, url) => ({ items: templates.filter((row) => !url.searchParams.get('status') || row.status === url.searchParams.get('status')), next_cursor: null })],
  ['GET', /^\/connections$/, () => ({ items: connections, next_cursor: null })],
  ['GET', /^\/connections\/kinds$/, () => ({ items: connectionKinds, next_cursor: null })],
  ['POST', /^\/connections\/(.+)\/check$/, () => ({ findings })],
  ['GET', /^\/connections\/(.+)\/fields$/, () => fields],
  ['GET', /^\/connections\/(.+)\/mappings$/, () => mappings],
  ['PUT', /^\/connections\/(.+)\/mappings$/, (_m, body) => (mappings.splice(0, mappings.length, ...body), mappings)],
  ['GET', /^\/dead-letters$/, () => ({ items: deadLetters, next_cursor: null })],
  ['GET', /^\/doctor$/, () => ({ findings })],
  ['GET', /^\/audit\/counts$/, () => counts],
  ['GET', /^\/contacts$/, (_m, _b, url) => page(contacts.filter((row) => JSON.stringify(row).toLowerCase().includes((url.searchParams.get('q') ?? '').toLowerCase())), url)],
  ['GET', /^\/contacts\/([^/]+)$/, ([, id]) => byId(contacts, id)],
  ['PATCH', /^\/contacts\/([^/]+)$/, ([, id], body) => Object.assign(byId(contacts, id), body)],
  ['GET', /^\/contacts\/(.+)\/conversations$/, ([, id]) => ({ items: conversations.filter((row) => row.contact.id === id), next_cursor: null })],
  ['GET', /^\/contacts\/(.+)\/consents$/, () => ({ items: [{ id: '1', purpose: 'marketing', state: 'opted_in', source: 'Website form', proof: null, at: now - 86_400_000 * 40 }], next_cursor: null })],
  ['GET', /^\/conversations$/, (_m, _b, url) => listed(url)],
  ['GET', /^\/conversations\/counts$/, () => ({ mine: conversations.filter((row) => row.assignee_id === session.user.id).length, unassigned: conversations.filter((row) => !row.assignee_id).length, all: conversations.length, unread: conversations.filter((row) => row.unread_count).length, unattended: conversations.filter((row) => row.waiting_since).length, closing: 0, mentions: 0, mentioned: [] })],
  ['GET', /^\/conversations\/([^/]+)$/, ([, id]) => byId(conversations, id)],
  ['PATCH', /^\/conversations\/([^/]+)$/, ([, id], body) => {
    const row = Object.assign(byId(conversations, id), body, { updated_at: Date.now() })
    emit('conversation.updated', undefined, { conversation_id: id })
    return row
  }],
  ['POST', /^\/conversations\/([^/]+)\/read$/, ([, id]) => void Object.assign(byId(conversations, id), { unread_count: 0, updated_at: Date.now() })],
  ['GET', /^\/conversations\/([^/]+)\/messages$/, ([, id], _b, url) => page([...messages.get(id)].reverse(), url)],
  ['POST', /^\/conversations\/([^/]+)\/messages$/, ([, id], body) => say(byId(conversations, id), 'out', body.content, { client_id: body.client_id, at: Date.now() })],
  ['POST', /^\/conversations\/([^/]+)\/notes$/, ([, id], body) => say(byId(conversations, id), 'note', { type: 'note', body: body.body }, { client_id: body.client_id, at: Date.now() })],
  ['GET', /^\/messages\/([^/]+)\/why$/, () => ({ verdict, attempts: [{ n: 1, at: now - 60_000, outcome: 'rate_limited', code: 130429, detail: 'Too many messages, waits 4 s' }] })],
  ['POST', /^\/messages\/([^/]+)\/(retry|settle)$/, ([, id], body) => {
    const row = Object.assign(byId(allMessages(), id), { status: body?.outcome === 'not_sent' ? 'failed' : body?.outcome ?? 'queued', error: null })
    return row
  }],
  ['GET', /^\/messages\/([^/]+)$/, ([, id]) => byId(allMessages(), id)],
  ['POST', /^\/media$/, () => ({ id: 'image', mime: 'image/png', size: 1200, filename: 'picture.png', sha256: '' })],
  ['GET', /^\/search$/, (_m, _b, url) => {
    const q = url.searchParams.get('q').toLowerCase()
    const found = allMessages().filter((row) => row.preview.toLowerCase().includes(q)).slice(0, 60)
    return page(found.map((row) => ({ message: row, conversation_id: row.conversation_id, contact: byId(contacts, row.contact_id), highlights: [[row.preview.toLowerCase().indexOf(q), row.preview.toLowerCase().indexOf(q) + q.length]] })), url)
  }],
]

const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="320"><rect width="480" height="320" fill="#cfd8d3"/><path d="M170 90l70-30 70 30 50 70-40 20v110H160V180l-40-20z" fill="#3d6a86"/><path d="M240 60v230" stroke="#2c4d62" stroke-width="3"/></svg>`

async function api(request, response, url) {
  const path = url.pathname.slice('/api/v1'.length)
  if (!signedIn && !path.startsWith('/session')) return answer(response, 401, { code: 'unauthorized' })
  if (!signedIn && request.method === 'GET') return answer(response, 401, { code: 'unauthorized' })
  if (path === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    response.write(`event: hello\ndata: {"kind":"hello","at":${Date.now()},"data":{"cursor":"${position}-0"}}\n\n`)
    streams.add(response)
    request.on('close', () => streams.delete(response))
    return
  }
  if (path.startsWith('/media/')) {
    response.writeHead(200, { 'content-type': 'image/svg+xml' })
    return response.end(picture)
  }
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const body = request.headers['content-type']?.includes('json') && text ? JSON.parse(text) : undefined
  for (const [method, pattern, handle] of routes) {
    const match = method === request.method && path.match(pattern)
    if (!match) continue
    const result = handle(match, body, url)
    if (result === undefined) return answer(response, 204)
    return answer(response, typeof result.status === 'number' ? result.status : 200, result)
  }
  answer(response, request.method === 'GET' ? 404 : 204, { code: 'not_found', title: 'Not found' })
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
  response.end(status === 204 ? undefined : JSON.stringify(body))
}

function asset(response, url) {
  const wanted = join(dist, url.pathname)
  const path = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(dist, 'index.html')
  const head = { 'content-type': types[extname(path)] ?? 'application/octet-stream', 'content-security-policy': policy }
  if (existsSync(`${path}.gz`)) {
    response.writeHead(200, { ...head, 'content-encoding': 'gzip' })
    return response.end(readFileSync(`${path}.gz`))
  }
  response.writeHead(200, head)
  createReadStream(path).pipe(response)
}

createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost')
  // Control for journeys: a customer writes now.
  if (url.pathname === '/_mock/inbound') {
    const conversation = conversations[Number(url.searchParams.get('n') ?? 5)]
    Object.assign(conversation, { unread_count: conversation.unread_count + 1, last_inbound_at: Date.now(), window_expires_at: Date.now() + 86_400_000 })
    say(conversation, 'in', { type: 'text', body: url.searchParams.get('text') ?? 'Are you there?' }, { at: Date.now() })
    return answer(response, 204)
  }
  if (url.pathname.startsWith('/api/v1')) api(request, response, url).catch((error) => answer(response, 500, { code: 'mock', detail: String(error) }))
  else asset(response, url)
}).listen(port, '127.0.0.1', () => console.log(`mock on http://127.0.0.1:${port}`))
