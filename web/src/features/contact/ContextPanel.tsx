import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { SlidersHorizontal, X } from 'lucide-react'
import { Fragment, Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { contactConversationsQuery, contactQuery } from '@/api/queries'
import type { Contact, Conversation } from '@/api/types'
import { pageWords } from '@/i18n'
import { prefs, setPrefs } from '@/live/prefs'
import { useStore } from '@/live/store'
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
import { arranged, type PanelPart } from './panel'
import { SyncList } from './SyncList'

const collaborators = later(() => Promise.all([import('@/features/inbox/late/Collaborators'), pageWords()]).then(([module]) => module.Collaborators))
const same = later(() => Promise.all([import('./late/MaybeSame'), pageWords()]).then(([module]) => module.MaybeSame))
const tags = later(() => Promise.all([import('@/features/tag/ContactTags'), pageWords()]).then(([module]) => module.ContactTags))
const orders = later(() => Promise.all([import('@/features/shop/Orders'), pageWords()]).then(([module]) => module.Orders))
const surveys = later(() => Promise.all([import('@/features/understanding/Feelings'), pageWords()]).then(([module]) => module.Feelings))
const matters = later(() => Promise.all([import('@/features/matter/Matters'), pageWords()]).then(([module]) => module.Matters))
const arrange = later(() => Promise.all([import('./late/ArrangePanel'), pageWords()]).then(([module]) => module.ArrangePanel))

/** Who this customer is, beside the conversation; each person has its parts in their own order. */
export function ContextPanel({ contactId, conversationId }: { contactId: string; conversationId: string }) {
  const { t } = useTranslation()
  const query = useQuery(contactQuery(contactId))
  const conversations = useQuery(contactConversationsQuery(contactId))
  const contact = query.data
  const [arranging, setArranging] = useState(false)
  return (
    <div className="h-full overflow-auto">
      <div className="flex min-h-16 items-center justify-between gap-2 border-b border-line ps-4 pe-2">
        <h2 className="grow text-sm">{t('contact.panel')}</h2>
        <IconButton label={t('contact.arrange')} icon={SlidersHorizontal} onPress={() => setArranging(true)} />
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
          <Parts contact={contact} conversationId={conversationId} conversations={conversations.data?.items ?? []} />
        </div>
      )}
      {arranging && <Suspense><arrange.Part onClose={() => setArranging(false)} /></Suspense>}
    </div>
  )
}

function Parts({ contact, conversationId, conversations }: { contact: Contact; conversationId: string; conversations: Conversation[] }) {
  const { t } = useTranslation()
  const { panel } = useStore(prefs)
  // A part in which something may be open is made anew for another customer: what was begun for one is not done to the next.
  const all: Record<PanelPart, ReactNode> = {
    collaborators: <Suspense><collaborators.Part conversation={conversationId} /></Suspense>,
    same: <Suspense><same.Part key={contact.id} contact={contact} conversation={conversationId} /></Suspense>,
    tags: <Suspense><tags.Part key={contact.id} contact={contact} /></Suspense>,
    details: <Section title={t('contact.details')}><DetailList contact={contact} /></Section>,
    shop: <Suspense><orders.Part contact={contact.id} /></Suspense>,
    consent: <Section title={t('contact.consent.title')}><ConsentControl key={contact.id} contact={contact} /></Section>,
    may_send: <Section title={t('may_send.title')}><MaySend contactId={contact.id} /></Section>,
    surveys: <Suspense><surveys.Part contact={contact.id} conversation={conversationId} /></Suspense>,
    matters: <Suspense><matters.Part key={conversationId} contact={contact} conversation={conversationId} /></Suspense>,
    sync: <Section title={t('contact.sync.title')}><SyncList sync={contact.sync} /></Section>,
    block: <Section title={t('block.title')}><BlockControl key={contact.id} contact={contact} /></Section>,
    fields: <Section title={t('contact.fields')}><FieldList fields={contact.fields} /></Section>,
    identities: <Section title={t('contact.identities')}><IdentityList identities={contact.identities} /></Section>,
    conversations: <Section title={t('contact.conversations')}><ContactConversations conversations={conversations} current={conversationId} /></Section>,
  }
  return arranged(panel).map((part) => !panel?.hidden?.includes(part) && <Fragment key={part}>{all[part]}</Fragment>)
}
