// Every page of the product, as `web/src/router.tsx` lists them, with something in each that is about one thing.
import { readFileSync } from 'node:fs'

/** Pages about one thing: how it is found. */
const things = {
  contactId: async (world) => (await world.api('/contacts')).items[0].id,
  channelId: async (world) => (await world.api('/channels')).items[0].id,
  connectionId: async (world) => (await world.api('/connections')).items[0].id,
  webhookId: async (world) => ((await world.api('/webhooks')).items[0] ?? (await world.api('/webhooks', { url: 'https://company.example/hook', event: 'campaign.finished' }))).id,
  templateId: async (world) => (await world.api('/templates?status=APPROVED')).items[0].id,
  ruleId: async (world) => (await world.api('/rules')).items[0]?.id ?? 'new',
  campaignId: async (world) => (await world.api('/campaigns')).items[0]?.id ?? (await draft(world)).id,
}

/** A campaign that nobody starts. */
async function draft(world) {
  const template = (await world.api('/templates?status=APPROVED')).items.find(({ name }) => name === 'hello_world')
  return world.api('/campaigns', { name: 'Looked at only', channel_id: template.channel_id, template_id: template.id, values: {}, audience: { kind: 'list', contacts: ['+971551234001'] } })
}

/** The address of every page of somebody who is signed in. A new kind of page without an entry above is an error. */
export async function addresses(world) {
  const router = readFileSync(new URL('../../web/src/router.tsx', import.meta.url), 'utf8')
  const paths = [...router.matchAll(/getParentRoute: \(\) => app,\s+path: '([^']+)'/g)].map((hit) => hit[1])
  if (paths.length < 20) throw new Error(`only ${paths.length} pages found in router.tsx`)
  const found = []
  for (const path of paths) {
    if (path === '/') continue
    const name = /\$(\w+)/.exec(path)?.[1]
    if (name && !things[name]) throw new Error(`nothing is known for ${path}`)
    // A description belongs to a kind of connection that the demo does not have.
    const thing = path.endsWith('/description') ? 'new' : name && (await things[name](world))
    found.push(name ? path.replace(`$${name}`, thing) : path)
  }
  return found
}
