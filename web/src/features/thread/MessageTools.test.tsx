import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it } from 'vitest'
import type { Channel, Me, Message } from '@/api/types'
import { MeContext } from '@/features/frame/useMe'
import { asMessage } from '@/live/outbox'
import { Carrier } from './carrier'
import { MessageTools } from './MessageTools'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const written = asMessage({ client_id: 'k1', conversation_id: 'c1', user_id: 'u1', kind: 'message', content: { type: 'text', body: 'hello' }, preview: 'hello', reply_to: null, created_at: 1, state: 'waiting', error: null })
const heard: Message = { ...written, id: 'm1', client_id: null, direction: 'in', status: 'received' }
const me = { user: { id: 'u1' }, permissions: [] } as unknown as Me
const carrier = (lacks: Partial<Channel>) => ({ not_carried: [], not_offered: [], ...lacks }) as unknown as Channel

const reply = 'Reply to this message'
const why = 'Why and when'

/** What the tools beside a message offer. */
function toolsOf(channel: Channel | undefined): (string | null)[] {
  const place = document.createElement('div')
  const root = createRoot(place)
  act(() => root.render(
    <QueryClientProvider client={new QueryClient()}>
      <MeContext value={me}><Carrier value={channel}><MessageTools message={heard} /></Carrier></MeContext>
    </QueryClientProvider>,
  ))
  const labels = [...place.querySelectorAll('button')].map((one) => one.getAttribute('aria-label'))
  act(() => root.unmount())
  return labels
}

describe('the tools beside a message', () => {
  it.each([
    ['everything, where nothing is known yet', undefined, [reply, 'React', why]],
    ['everything at Meta', carrier({}), [reply, 'React', why]],
    ['no reaction at Bird', carrier({ not_carried: ['reaction', 'contacts'] }), [reply, why]],
    ['neither at Twilio', carrier({ not_carried: ['reaction'], not_offered: ['quotes'] }), [why]],
  ])('%s', (_, channel, expected) => expect(toolsOf(channel)).toEqual(expected))
})
