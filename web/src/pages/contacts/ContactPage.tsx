import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { MessageSquare, Pencil } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { channelsQuery, consentsQuery, contactConversationsQuery, contactQuery } from '@/api/queries'
import type { Conversation, Id } from '@/api/types'
import { keys } from '@/api/keys'
import { BlockControl } from '@/features/contact/BlockControl'
import { ConsentControl } from '@/features/contact/ConsentControl'
import { ContactConversations } from '@/features/contact/ContactConversations'
import { DetailList } from '@/features/contact/DetailList'
import { FieldList } from '@/features/contact/FieldList'
import { IdentityList } from '@/features/contact/IdentityList'
import { MaySend } from '@/features/contact/MaySend'
import { SyncList } from '@/features/contact/SyncList'
import { Orders } from '@/features/shop/Orders'
import { MaybeSame } from '@/features/contact/late/MaybeSame'
import { ContactTags } from '@/features/tag/ContactTags'
import { Feelings } from '@/features/understanding/Feelings'
import { Avatar } from '@/ui/Avatar'
import { Button } from '@/ui/Button'
import { errorText } from '@/ui/errors'
import { Loading } from '@/ui/Loading'
import { PageError } from '@/ui/NotHere'
import { Menu } from '@/ui/Menu'
import { PageFrame } from '@/ui/PageFrame'
import { Phone } from '@/ui/Phone'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { WindowRing } from '@/ui/WindowRing'
import { ConsentHistory } from './ConsentHistory'
import { EditContact } from './EditContact'
import { HistorySection } from './HistorySection'

/** One person: who, by which names, what was agreed, what was said, whether the CRM agrees. */
export function ContactPage() {
  const { contactId } = useParams({ from: '/app/contacts/$contactId' })
  // What was begun for one is not done to the next.
  return <Person key={contactId} contactId={contactId} />
}

function Person({ contactId }: { contactId: Id }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [editing, setEditing] = useState(false)
  const query = useQuery(contactQuery(contactId))
  const conversations = useQuery(contactConversationsQuery(contactId))
  const consents = useQuery(consentsQuery(contactId))
  const { data: channels = [] } = useQuery(channelsQuery)
  const write = useMutation({
    mutationFn: (channel_id: string) => post<Conversation>(`/contacts/${contactId}/conversations`, { channel_id }),
    onSuccess: (conversation) => {
      client.setQueryData(keys.conversation(conversation.id), conversation)
      void navigate({ to: '/inbox/$conversationId', params: { conversationId: conversation.id } })
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  const contact = query.data
  if (query.isError && !contact) return <PageError error={query.error} onRetry={() => void query.refetch()} to="/contacts" label={t('contacts.title')} />
  if (!contact) return <Loading />
  const [only] = channels
  const button = <Button look="primary" onPress={channels.length === 1 && only ? () => write.mutate(only.id) : undefined} isDisabled={channels.length === 0}><MessageSquare size={16} aria-hidden />{t('contact.write')}</Button>
  return (
    <PageFrame
      wide
      title={contact.name ?? contact.phone ?? t('contact.no_name')}
      lead={contact.phone && <Phone value={contact.phone} />}
      mark={
        <WindowRing expiresAt={contact.window.expires_at} size={50}>
          <Avatar name={contact.name ?? contact.phone} color={contact.avatar_color} size={46} />
        </WindowRing>
      }
      actions={
        <>
          <Button onPress={() => setEditing(true)}><Pencil size={15} aria-hidden />{t('common.edit')}</Button>
          {channels.length > 1 ? <Menu label={t('contact.write')} items={channels.map((channel) => ({ id: channel.id, label: channel.name, onAction: () => write.mutate(channel.id) }))}>{button}</Menu> : button}
        </>
      }
    >
      <div className="grid gap-x-10 lg:grid-cols-2">
        <div className="min-w-0">
          <MaybeSame contact={contact} />
          <ContactTags contact={contact} />
          <Section title={t('contact.details')}><DetailList contact={contact} /></Section>
          <Section title={t('contact.fields')}><FieldList fields={contact.fields} /></Section>
          <Section title={t('contact.identities')}><IdentityList identities={contact.identities} /></Section>
          <Section title={t('block.title')}><BlockControl contact={contact} /></Section>
        </div>
        <div className="min-w-0 max-lg:border-t max-lg:border-line">
          <Orders contact={contactId} />
          <Feelings contact={contactId} />
          <Section title={t('contact.conversations')}><ContactConversations conversations={conversations.data?.items ?? []} /></Section>
          <Section title={t('contact.sync.title')}><SyncList sync={contact.sync} /></Section>
          <Section title={t('contact.consent.title')}>
            <ConsentControl contact={contact} />
            <ConsentHistory consents={consents.data?.items ?? []} />
          </Section>
          <Section title={t('may_send.title')}><MaySend contactId={contactId} /></Section>
          <HistorySection contactId={contactId} />
        </div>
      </div>
      {editing && <EditContact contact={contact} onClose={() => setEditing(false)} />}
    </PageFrame>
  )
}
