import { createContext, use } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { known } from '@/ui/errors'
import type { Fault } from './model'

/** What is wrong with the draft at this moment, for the fields that are at fault. */
export const Faults = createContext<readonly Fault[]>([])

/** The words about the fault of one place, when it has one. */
export function useFault(path: string): string | null {
  useTranslation()
  const fault = use(Faults).find((one) => one.path === path || one.path.startsWith(`${path}.`) && /^\d+$/.test(one.path.slice(path.length + 1)))
  return fault ? (known(`automation.fault.${fault.code}`) ?? fault.detail) : null
}

/** The same under something that is no field. */
export function FaultNote({ path }: { path: string }) {
  const text = useFault(path)
  return text && <p role="alert" className="text-xs text-danger-ink">{text}</p>
}
