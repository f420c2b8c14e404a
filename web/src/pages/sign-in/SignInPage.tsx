import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Me } from '@/api/types'
import { LanguageChoice } from '@/features/frame/LanguageChoice'
import { setLanguage } from '@/i18n'
import { setPrefs } from '@/live/prefs'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'
import { Logo } from '@/ui/Logo'

/** The door. */
export function SignInPage() {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { to } = useSearch({ from: '/sign-in' })
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => post<Me>('/session', { email: email.trim(), password }),
    onSuccess: (me) => {
      client.setQueryData(keys.me, me)
      // Whoever comes in is there; somebody who chose "away" stays away.
      if (me.user.presence === 'offline') void patch('/users/me', { presence: 'online' }).catch(() => undefined)
      // Only places of our own: an address from outside must not become a trap.
      void navigate({ href: to?.startsWith('/') && !to.startsWith('//') ? to : '/inbox', replace: true })
    },
  })
  return (
    <main id="main" className="flex h-full flex-col overflow-auto bg-sunken">
      <div className="m-auto w-full max-w-sm px-5 py-10">
        <div className="mb-8 flex items-center gap-3">
          <Logo size={36} />
          <span className="text-xl font-semibold tracking-tight text-strong">Rapport</span>
        </div>
        <h1 className="mb-1 text-xl">{t('sign_in.title')}</h1>
        <p className="mb-6 text-muted">{t('sign_in.lead')}</p>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            signIn.mutate()
          }}
        >
          <Field label={t('sign_in.email')} type="email" autoComplete="username" isRequired ltr value={email} onChange={setEmail} autoFocus />
          <Field label={t('sign_in.password')} type="password" autoComplete="current-password" isRequired ltr value={password} onChange={setPassword} />
          {signIn.isError && <ErrorNote error={signIn.error} />}
          <Button look="primary" type="submit" isDisabled={signIn.isPending}>{t('sign_in.button')}</Button>
        </form>
        <div className="mt-10">
          <LanguageChoice
            quiet
            value={i18n.language}
            onChange={(locale) => {
              setPrefs({ locale })
              void setLanguage(locale)
            }}
          />
        </div>
      </div>
    </main>
  )
}
