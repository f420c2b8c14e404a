import { Suspense, useState, type ReactNode } from 'react'
import { useMe } from '@/features/frame/useMe'
import { pageWords } from '@/i18n'
import { later } from '@/ui/later'

const panel = later(() => Promise.all([import('@/features/guide/GuidePanel'), pageWords()]).then(([module]) => module.GuidePanel))

/** The server's own measure of a new person; it has the last word. */
const newFor = 14 * 86_400_000

/** The first-run guide for whoever may still need it; everybody else's page asks nothing and shows what stands inside. */
export function FirstSteps({ children }: { children: ReactNode }) {
  const { permissions, user } = useMe()
  const [now] = useState(Date.now)
  if (!permissions.includes('channel.manage') && now - user.created_at > newFor) return children
  return <Suspense fallback={children}><panel.Part>{children}</panel.Part></Suspense>
}
