import { LogOut } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Density, Presence, Theme } from '@/api/types'
import { LanguageChoice } from '@/features/frame/LanguageChoice'
import { useMe } from '@/features/frame/useMe'
import { useSettings, useSignOut } from '@/features/frame/useSettings'
import { Button } from '@/ui/Button'
import { PageFrame } from '@/ui/PageFrame'
import { Section } from '@/ui/Section'
import { Segmented } from '@/ui/Segmented'
import { KeysForm } from './KeysForm'
import { NoticesForm } from './NoticesForm'
import { PasswordForm } from './PasswordForm'
import { ProfileForm } from './ProfileForm'

const themes: Theme[] = ['system', 'light', 'dark']
const densities: Density[] = ['comfortable', 'compact']
const presences: Presence[] = ['online', 'away', 'offline']

/** Oneself: name, looks, language, password, keys. */
export function AccountPage() {
  const { t } = useTranslation()
  const me = useMe()
  const { mutate } = useSettings()
  const signOut = useSignOut()
  return (
    <PageFrame title={me.user.name} lead={`${t(`role.${me.user.role}`)} · ${me.workspace.name}`} actions={<Button onPress={() => signOut.mutate()}><LogOut size={15} aria-hidden className="mirror" />{t('action.sign_out')}</Button>}>
      <Section title={t('account.profile')}><ProfileForm user={me.user} /></Section>
      <Section title={t('account.presence')}>
        <Segmented label={t('account.presence')} value={me.user.presence} options={presences.map((id) => ({ id, label: t(`presence.${id}`) }))} onChange={(presence) => mutate({ presence })} />
      </Section>
      <Section title={t('account.looks')}>
        <div className="flex flex-col gap-4">
          <Row label={t('account.language')}>
            <div className="w-48"><LanguageChoice value={me.user.locale} onChange={(locale) => mutate({ locale })} /></div>
          </Row>
          <Row label={t('account.theme')}>
            <Segmented label={t('account.theme')} value={me.user.theme} options={themes.map((id) => ({ id, label: t(`theme.${id}`) }))} onChange={(theme) => mutate({ theme })} />
          </Row>
          <Row label={t('account.density')}>
            <Segmented label={t('account.density')} value={me.user.density} options={densities.map((id) => ({ id, label: t(`density.${id}`) }))} onChange={(density) => mutate({ density })} />
          </Row>
        </div>
      </Section>
      <Section title={t('notices.title')} hint={t('notices.hint')}><NoticesForm /></Section>
      <Section title={t('account.password')}><PasswordForm /></Section>
      <Section title={t('help.title')} hint={t('help.lead')}><KeysForm /></Section>
    </PageFrame>
  )
}

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <span className="text-muted">{label}</span>
      {children}
    </div>
  )
}
