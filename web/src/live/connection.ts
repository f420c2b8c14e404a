// Whether the live feed is up, and since when it is not.
import { createStore } from './store'

export interface ConnectionState {
  state: 'connecting' | 'live' | 'lost'
  since: number
}

export const connection = createStore<ConnectionState>({ state: 'connecting', since: Date.now() })

export function setConnection(state: ConnectionState['state']): void {
  connection.set((old) => (old.state === state ? old : { state, since: Date.now() }))
}
