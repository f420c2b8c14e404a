import { queryOptions } from '@tanstack/react-query'
import { get, patch, post } from '@/api/client'
import { keys } from '@/api/keys'
import type { components } from '@/api/schema'
import type { Id, Page } from '@/api/types'

export type Kind = 'deal' | 'case'
export type Target = components['schemas']['MatterTarget']
export type Category = 'quote' | 'complaint' | 'question' | 'other'
export type CasePriority = 'low' | 'normal' | 'high' | 'urgent'
export type Status = 'open' | 'won' | 'lost' | 'closed'
export type Sync = 'local' | 'waiting' | 'in_step' | 'failed' | 'gone'

/** A deal or a case of a customer. */
export interface Matter {
  id: Id
  object: Kind
  title: string
  details: string | null
  amount: string | null
  amount_minor: number | null
  currency: string | null
  category: Category | null
  priority: CasePriority | null
  status: Status
  stage: string | null
  skus: string[]
  connection_id: Id | null
  connection_name: string | null
  sync: Sync
  error: string | null
  note: string | null
  remote_url: string | null
  created_at: number
}

const paths = { deal: '/deals', case: '/cases' } as const

const key = (contact: Id) => [...keys.consents(contact), 'matters'] as const

/** The last deals and cases of a customer, newest first. The key stands beneath one that is asked anew whenever the contact changes. */
export const mattersQuery = (contact: Id) =>
  queryOptions({
    queryKey: key(contact),
    queryFn: async ({ signal }) => {
      const page = (kind: Kind) => get<Page<Matter>>(paths[kind], { contact_id: contact, limit: 20 }, signal)
      const [deals, cases] = await Promise.all([page('deal'), page('case')])
      return [...deals.items, ...cases.items].toSorted((one, other) => other.created_at - one.created_at)
    },
  })

export const targetsQuery = queryOptions({ queryKey: [...keys.connections, 'targets'], queryFn: ({ signal }) => get<Target[]>('/deals/targets', undefined, signal), staleTime: 60_000 })

export const makeMatter = (kind: Kind, given: Record<string, unknown>) => post<Matter>(paths[kind], given)
export const setStatus = (matter: Matter, status: Status) => patch<Matter>(`${paths[matter.object]}/${matter.id}`, { status })
export const retryMatter = (matter: Matter) => post<Matter>(`${paths[matter.object]}/${matter.id}/retry`)
