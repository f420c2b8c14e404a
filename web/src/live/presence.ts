// Who else is writing where: ephemeral, forgotten after a few seconds without a sign.
import { createStore } from './store'

export interface Typing {
  conversation_id: string
  user_id: string
  name: string
  state: 'typing' | 'note'
  at: number
}

/** Somebody who has a conversation open. */
export interface Looking {
  conversation_id: string
  user_id: string
  name: string
  at: number
}

export const looking = createStore<Looking[]>([])
/** A look is renewed every twenty seconds. */
const lookTime = 45_000

export function noteLooking(sign: Omit<Looking, 'at'>, gone: boolean): void {
  const at = Date.now()
  looking.set((old) => {
    const rest = old.filter((entry) => entry.user_id !== sign.user_id && at - entry.at < lookTime)
    return gone ? rest : [...rest, { ...sign, at }]
  })
  if (!gone) setTimeout(() => looking.set((old) => old.filter((entry) => Date.now() - entry.at < lookTime)), lookTime + 50)
}

export const typing = createStore<Typing[]>([])
const lifetime = 8_000

export function noteTyping(sign: Omit<Typing, 'at' | 'state'> & { state: string }): void {
  const at = Date.now()
  typing.set((old) => {
    const rest = old.filter((entry) => entry.user_id !== sign.user_id && at - entry.at < lifetime)
    if (sign.state !== 'typing' && sign.state !== 'note') return rest
    return [...rest, { ...sign, state: sign.state, at }]
  })
  setTimeout(() => typing.set((old) => old.filter((entry) => Date.now() - entry.at < lifetime)), lifetime + 50)
}
