// Starts the product as somebody finds it who has just installed it: an empty workspace, and beside it a provider that can be connected.
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, program } from './demo.mjs'
import { until } from './outside.mjs'

/** `{url, email, password, token, sandbox, number, provide(), stop()}`: nothing is connected yet. */
export async function startFresh({ locale = 'en' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-fresh-'))
  const [listen, provider] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`]
  const env = { ...process.env, RAPPORT_DATA_DIR: folder, RAPPORT_LISTEN: listen, RAPPORT_PUBLIC_URL: `http://${listen}`, RAPPORT_ALLOW_HOSTS: '127.0.0.1', RAPPORT_LOG: 'warn' }
  const { stdout } = await promisify(execFile)(program, ['init', '--json', '--locale', locale], { env })
  const made = JSON.parse(stdout)
  const children = [spawn(program, ['sandbox', '--listen', provider], { env, stdio: 'ignore' }), spawn(program, ['serve'], { env, stdio: 'ignore' })]
  const [url, sandbox] = [`http://${listen}`, `http://${provider}`]
  await Promise.all([`${url}/api/v1/session`, `${sandbox}/_sandbox/state`].map((address) => until(`an answer of ${address}`, () => fetch(address), 30_000)))
  const call = async (address, body, headers = {}) => {
    const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  const number = { phone_number_id: '106540352242922', waba_id: '102290129340398', access_token: 'EAAG-fresh', app_secret: 'fresh-secret', verify_token: 'fresh-word', display_phone: '97145550123' }
  return {
    url,
    sandbox,
    email: made.owner.email,
    password: made.password,
    token: made.token,
    number,
    /** The provider learns of the number, and after it was connected where it delivers to. */
    provide: (channel) => call(`${sandbox}/_sandbox/whatsapp/numbers`, { ...number, callback_url: channel ? `${url}/webhooks/whatsapp/${channel}` : null }),
    stop: async () => {
      for (const child of children) {
        const gone = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGINT')
        await gone
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
