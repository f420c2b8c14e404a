// The world around the product: the customer and the provider (through the sandbox's control API), and another program (through the product's API).
import { setTimeout as sleep } from 'node:timers/promises'

async function json(url, { method, body, token }) {
  const headers = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(token ? { authorization: `Bearer ${token}` } : {}) }
  const request = { method, headers }
  if (body !== undefined) request.body = JSON.stringify(body)
  const answer = await fetch(url, request)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text.slice(0, 400)}`)
  return text ? JSON.parse(text) : null
}

/** Tries until it gives something true, else fails with the reason. */
export async function until(what, look, patience = 10_000) {
  const end = Date.now() + patience
  let last
  for (;;) {
    try {
      last = await look()
      if (last) return last
    } catch (error) {
      last = error
    }
    if (Date.now() > end) throw new Error(`not within ${patience} ms: ${what} (${last instanceof Error ? last.message : JSON.stringify(last)})`)
    await sleep(60)
  }
}

export function outside(demo) {
  const control = (path, body, method = body === undefined ? 'GET' : 'POST') => json(`${demo.sandbox}/_sandbox${path}`, { method, body })
  const api = (path, body, method = body === undefined ? 'GET' : 'POST') => json(`${demo.url}/api/v1${path}`, { method, body, token: demo.token })
  let phones = 971_500_000_000
  return {
    control,
    api,
    /** A number nobody has. */
    newPhone: () => String((phones += 137)),
    /** A customer writes; `at` in UTC seconds puts it into the past. */
    write: (phone, name, text, at) => control('/whatsapp/inbound', { from: phone, name, message: { type: 'text', text: { body: text } }, timestamp: at }),
    /** What the provider has taken for a number, oldest first. */
    received: async (phone) => (await control(`/whatsapp/received?to=${phone}`)).items,
    fault: (fault) => control('/faults', fault),
    clearFaults: () => control('/faults', undefined, 'DELETE'),
    delays: (delays) => control('/limits', { delays }),
    /** The conversation with a number, once it is there. */
    conversation: (phone) => until(`the conversation with ${phone}`, async () => (await api(`/conversations?view=all&status=any&q=${phone}`)).items[0]),
    messages: async (conversation) => (await api(`/conversations/${conversation}/messages?limit=100`)).items,
  }
}
