// Who else is writing where: ephemeral, forgotten after a few seconds without a sign.
import { createStore } from './store'

export interface Typing {
  conversation_id: string
  user_id: string
  name: string
  state: 'typing' | 'note'
  at: number
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
