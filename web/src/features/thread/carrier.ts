import { createContext } from 'react'
import type { Channel } from '@/api/types'

/** The channel of the conversation on screen, with what its provider takes; the server judges where that is not known yet. */
export const Carrier = createContext<Channel | undefined>(undefined)
