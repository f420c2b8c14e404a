import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { startShortcuts, useAction } from '@/actions/registry'
import { nearest } from '@/i18n'
import { prefs } from '@/live/prefs'
import { useSettings, useSignOut } from './useSettings'

/** Actions that work everywhere; draws nothing. */
export function GlobalActions() {
  const navigate = useNavigate()
  const { i18n } = useTranslation()
  const { mutate } = useSettings()
  const signOut = useSignOut()
  useEffect(startShortcuts, [])
  useAction('search', () => void navigate({ to: '/search' }))
  useAction('go_inbox', () => void navigate({ to: '/inbox' }))
  useAction('go_contacts', () => void navigate({ to: '/contacts' }))
  useAction('go_channels', () => void navigate({ to: '/channels' }))
  useAction('go_connections', () => void navigate({ to: '/connections' }))
  useAction('go_team', () => void navigate({ to: '/team' }))
  useAction('go_health', () => void navigate({ to: '/health' }))
  useAction('go_account', () => void navigate({ to: '/account' }))
  useAction('toggle_theme', () => mutate({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' }))
  useAction('toggle_density', () => mutate({ density: prefs.get().density === 'compact' ? 'comfortable' : 'compact' }))
  useAction('toggle_language', () => mutate({ locale: nearest(i18n.language) === 'ar' ? 'en' : 'ar' }))
  useAction('sign_out', () => signOut.mutate())
  return null
}
