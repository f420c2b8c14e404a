import { Activity, Coins, Workflow, Inbox, Megaphone, MessageSquareQuote, RefreshCw, Radio, Search, ShieldCheck, ShoppingBag, Split, Users, UsersRound, Zap, type LucideIcon } from 'lucide-react'
import type { ActionName } from '@/actions/catalogue'

export interface Place {
  to: '/inbox' | '/search' | '/contacts' | '/channels' | '/templates' | '/campaigns' | '/rules' | '/connections' | '/team' | '/settings/routing' | '/settings/guard' | '/settings/quick-replies' | '/shop' | '/costs' | '/health'
  name: 'inbox' | 'search' | 'contacts' | 'channels' | 'templates' | 'campaigns' | 'automation' | 'connections' | 'team' | 'routing' | 'rules' | 'replies' | 'shop' | 'costs' | 'health'
  icon: LucideIcon
  action?: ActionName
  /** Stands in the bar of a phone. */
  phone?: boolean
}

export const places: readonly Place[] = [
  { to: '/inbox', name: 'inbox', icon: Inbox, action: 'go_inbox', phone: true },
  { to: '/contacts', name: 'contacts', icon: UsersRound, action: 'go_contacts', phone: true },
  { to: '/search', name: 'search', icon: Search, action: 'search', phone: true },
  { to: '/channels', name: 'channels', icon: Radio, action: 'go_channels' },
  { to: '/templates', name: 'templates', icon: MessageSquareQuote },
  { to: '/campaigns', name: 'campaigns', icon: Megaphone },
  { to: '/shop', name: 'shop', icon: ShoppingBag },
  { to: '/rules', name: 'automation', icon: Workflow },
  { to: '/connections', name: 'connections', icon: RefreshCw, action: 'go_connections' },
  { to: '/team', name: 'team', icon: Users, action: 'go_team' },
  { to: '/settings/quick-replies', name: 'replies', icon: Zap },
  { to: '/settings/routing', name: 'routing', icon: Split },
  { to: '/settings/guard', name: 'rules', icon: ShieldCheck },
  { to: '/costs', name: 'costs', icon: Coins },
  { to: '/health', name: 'health', icon: Activity, action: 'go_health' },
]
