import { createContext, useContext } from 'react'
import type { Me } from '@/api/types'

export const MeContext = createContext<Me | null>(null)

/** The signed-in person; inside the frame it is always there. */
export function useMe(): Me {
  const me = useContext(MeContext)
  if (!me) throw new Error('useMe outside the frame')
  return me
}
