import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { contactConversationsQuery, contactQuery } from '@/api/queries'
import { pageWords } from '@/i18n'
import { setPrefs } from '@/live/prefs'
import { Avatar } from '@/ui/Avatar'
import { ErrorNote } from '@/ui/ErrorNote'
import { IconButton } from '@/ui/IconButton'
import { later } from '@/ui/later'
import { Loading } from '@/ui/Loading'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'
import { WindowRing } from '@/ui/WindowRing'
import { BlockControl } from './BlockControl'
import { ConsentControl } from './ConsentControl'
import { ContactConversations } from './ContactConversations'
import { DetailList } from './DetailList'
import { FieldList } from './FieldList'
import { IdentityList } from './IdentityList'
import { MaySend } from './MaySend'
import { SyncList } from './SyncList'

const collaborators = later(() => Promise.all([import('@/features/inbox/late/Collaborators'), pageWords()]).then(([module]) => module.Collaborators))
const tags = later(() => Promise.all([import('@/features/tag/ContactTags'), pageWords()]).then(([module]) => module.ContactTags))
const surveys = later(() => Promise.all([import('@/features/routing/Surveys'), pageWords()]).then(([module]) => module.Surveys))

/** Who this customer is, beside the conversation. */
export function ContextPanel({ contactId, conversationId }: { contactId: string; conversationId: string }) {
  const { t } = useTranslation()
  const query = useQuery(contactQuery(contactId))
  const conversations = useQuery(contactConversationsQuery(contactId))
  const contact = query.data
  return (
    <div className="h-full overflow-auto">
      <div className="flex min-h-16 items-center justify-between gap-2 border-b border-line ps-4 pe-2">
        <h2 className="text-sm">{t('contact.panel')}</h2>
        <IconButton label={t('thread.hide_context')} icon={X} action="context" onPress={() => setPrefs({ context: false })} />
      </div>
      {query.isError && <div className="p-3"><ErrorNote error={query.error} onRetry={() => void query.refetch()} /></div>}
      {query.isPending && <Loading rows={3} />}
      {contact && (
        <div className="px-4 pb-8">
          <div className="flex flex-col items-center gap-1.5 py-5 text-center">
            <WindowRing expiresAt={contact.window.expires_at} size={62}>
              <Avatar name={contact.name ?? contact.phone} color={contact.avatar_color} size={58} />
            </WindowRing>
            <Link to="/contacts/$contactId" params={{ contactId }} className="text-lg font-semibold text-strong underline-offset-4 hover:underline">
              <UserText>{contact.name ?? contact.phone ?? t('contact.no_name')}</UserText>
            </Link>
          </div>
          <Suspense><collaborators.Part conversation={conversationId} /></Suspense>
          <Suspense><tags.Part contact={contact} /></Suspense>
          <Section title={t('contact.details')}><DetailList contact={contact} /></Section>
          <Section title={t('contact.consent.title')}><ConsentControl contact={contact} /></Section>
          <Section title={t('may_send.title')}><MaySend contactId={contactId} /></Section>
          <Suspense><surveys.Part contact={contactId} /></Suspense>
          <Section title={t('contact.sync.title')}><SyncList sync={contact.sync} /></Section>
          <Section title={t('block.title')}><BlockControl contact={contact} /></Section>
          <Section title={t('contact.fields')}><FieldList fields={contact.fields} /></Section>
          <Section title={t('contact.identities')}><IdentityList identities={contact.identities} /></Section>
          <Section title={t('contact.conversations')}>
            <ContactConversations conversations={conversations.data?.items ?? []} current={conversationId} />
          </Section>
        </div>
      )}
    </div>
  )
}
