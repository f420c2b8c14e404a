// Starts and stops the product with a shop in it (`rapport demo`): its own server, provider and CRM on free ports, nothing shared between test files.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
export const program = process.env.RAPPORT ?? `${root}target/debug/rapport`
const startTime = 60_000

/** A port nobody listens on at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** Runs the demo: `{url, email, password, agents, token, sandbox, stop()}`. `sandboxPort` keeps the provider's address across two starts. */
export async function startDemo() {
  const listen = `127.0.0.1:${await freePort()}`
  const child = spawn(program, ['demo', '--quiet', '--seed', '7', '--json', '--password', 'a-long-demo-password', '--listen', listen], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (part) => {
    errors = (errors + part).slice(-20_000)
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const announced = new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
      const end = text.indexOf('\n')
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)))
    })
    setTimeout(() => reject(new Error(`the demo did not start within ${startTime} ms\n${errors}`)), startTime).unref()
    void exited.then((code) => reject(new Error(`the demo ended with ${code}\n${errors}`)))
  })
  const { sandbox_url: sandbox, ...shop } = await announced
  return {
    ...shop,
    sandbox,
    errors: () => errors,
    stop: async () => {
      child.kill('SIGINT')
      const late = setTimeout(() => child.kill('SIGKILL'), 8_000)
      await exited
      clearTimeout(late)
    },
  }
}
