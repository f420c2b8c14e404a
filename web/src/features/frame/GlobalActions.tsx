import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { claimKeymap, keymap, setKeymap } from '@/actions/keymap'
import { startShortcuts, useAction } from '@/actions/registry'
import { get } from '@/api/client'
import type { KeySettings } from '@/api/types'
import { openConversationsWith } from '@/live/mention'
import { prefs } from '@/live/prefs'
import { useMe } from './useMe'
import { useSettings, useSignOut } from './useSettings'

/** Actions that work everywhere; draws nothing. */
export function GlobalActions() {
  const navigate = useNavigate()
  const { mutate } = useSettings()
  const me = useMe()
  const signOut = useSignOut()
  const user = useMe().user.id
  useEffect(startShortcuts, [])
  useEffect(() => {
    claimKeymap(user)
    // Not among the first requests: this browser remembers the keys, and the server only knows whether another one has changed them.
    const timer = setTimeout(() => {
      const before = keymap.get()
      // What was chosen here while the server answered is newer than its answer.
      void get<KeySettings>('/users/me/keys').then((settings) => keymap.get() === before && setKeymap(user, settings)).catch(() => undefined)
    }, 1_500)
    return () => clearTimeout(timer)
  }, [user])
  useEffect(() => openConversationsWith((id, view) => void navigate({ to: '/inbox/$conversationId', params: { conversationId: id }, search: { view } })), [navigate])
  useAction('search', () => void navigate({ to: '/search' }))
  useAction('go_inbox', () => void navigate({ to: '/inbox' }))
  useAction('go_contacts', () => void navigate({ to: '/contacts' }))
  useAction('go_channels', () => void navigate({ to: '/channels' }))
  useAction('go_connections', () => void navigate({ to: '/connections' }))
  useAction('go_team', () => void navigate({ to: '/team' }))
  useAction('go_health', () => void navigate({ to: '/health' }))
  useAction('go_account', () => void navigate({ to: '/account' }))
  useAction('go_guide', () => void navigate({ to: '/guide' }))
  useAction('go_practice', () => void navigate({ to: '/practice' }))
  useAction('toggle_theme', () => mutate({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' }))
  useAction('toggle_density', () => mutate({ density: prefs.get().density === 'compact' ? 'comfortable' : 'compact' }))
  useAction('change_language', () => void navigate({ to: '/account' }))
  useAction('toggle_presence', () => mutate({ presence: me.user.presence === 'online' ? 'away' : 'online' }))
  useAction('sign_out', () => signOut.mutate())
  return null
}
