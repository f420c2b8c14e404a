import { useQuery } from '@tanstack/react-query'
import { AlarmClock, ArrowLeft, Check, CircleDashed, CircleUser, Flag, MoreHorizontal, PanelRight, Play, RotateCcw, Users } from 'lucide-react'
import { Suspense, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useAction } from '@/actions/registry'
import { teamsQuery, usersQuery } from '@/api/queries'
import type { Conversation, Id, Priority } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { askClosing } from '@/features/routing/ask'
import { pageWords } from '@/i18n'
import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'
import { prefs, setPrefs } from '@/live/prefs'
import { useStore } from '@/live/store'
import { Avatar } from '@/ui/Avatar'
import { Button } from '@/ui/Button'
import { ChannelMark } from '@/ui/ChannelMark'
import { IconButton } from '@/ui/IconButton'
import { later, useSoon } from '@/ui/later'
import { Menu } from '@/ui/Menu'
import { Pill } from '@/ui/Pill'
import { UserText } from '@/ui/UserText'
import { closingSoon, WindowRing } from '@/ui/WindowRing'
import { useConversationPatch } from './useConversationActions'

const snooze = later(() => Promise.all([import('@/features/inbox/late/SnoozeDialog'), pageWords()]).then(([module]) => module.SnoozeDialog))
const macro = later(() => Promise.all([import('@/features/routing/MacroDialog'), pageWords()]).then(([module]) => module.MacroDialog))
const priorities: Priority[] = ['urgent', 'high', 'medium', 'low', 'none']

/**
 * Who this is, how long the window stays open, and what can be done with the conversation. The lists beside it open and close: what is left out first
 * (channel, owner, words on the button) goes by the header's own width, never the name or the window.
 */
export function ThreadHeader({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const { context } = useStore(prefs)
  const { data: users = [] } = useQuery(usersQuery)
  const { data: teams = [] } = useQuery(teamsQuery)
  const { mutate } = useConversationPatch(conversation)
  const { id, contact, channel } = conversation
  const [asking, setAsking] = useState<{ of: Id; what: 'macro' | 'snooze' } | null>(null)
  // The header stays when the conversation changes. What was asked about one is not done to the next.
  if (asking && asking.of !== id) setAsking(null)
  useSoon(snooze, macro)
  const name = contact.name ?? contact.phone ?? t('contact.no_name')
  const runs = me.permissions.includes('inbox.write')
  const resolved = conversation.status === 'resolved'
  const owner = users.find((user) => user.id === conversation.assignee_id)
  const toggleContext = () => setPrefs({ context: !context })
  const toggleResolved = () => mutate({ status: resolved ? 'open' : 'resolved' })

  useAction('close', onClose)
  useAction('context', toggleContext)
  useAction('resolve', toggleResolved)
  useAction('resolve_with', () => askClosing(conversation), !resolved)
  useAction('macro', () => setAsking({ of: id, what: 'macro' }), runs)
  useAction('pending', () => mutate({ status: 'pending' }))
  useAction('snooze', () => setAsking({ of: id, what: 'snooze' }))
  useAction('assign_me', () => mutate({ assignee_id: me.user.id }))
  useAction('unassign', () => mutate({ assignee_id: null }))

  const people = users.filter((user) => !user.disabled && user.role !== 'viewer')
  return (
    <header className="@container flex min-h-16 items-center gap-2 border-b border-line px-2 py-1 md:ps-4">
      <IconButton label={t('thread.back')} icon={ArrowLeft} mirror onPress={onClose} className="md:hidden" />
      <WindowRing expiresAt={conversation.window_expires_at} size={34}>
        <Avatar name={name} color={contact.avatar_color} size={32} />
      </WindowRing>
      <div className="min-w-0 grow">
        <h1 className="text-lg leading-tight"><UserText className="line-clamp-2">{name}</UserText></h1>
        <p className="flex min-w-0 items-center gap-1.5 text-xs text-muted">
          {me.practice && <Pill tone="info">{t('frame.practice')}</Pill>}
          <ChannelMark name={channel.name} />
          <UserText className="hidden shrink-99 truncate @lg:inline">{channel.name}</UserText>
          <span aria-hidden className="hidden @lg:inline">·</span>
          <WindowText expiresAt={conversation.window_expires_at} />
        </p>
      </div>
      <Menu
        label={t('thread.assign')}
        subject={id}
        items={[
          { id: 'none', label: t('thread.nobody'), action: 'unassign', onAction: () => mutate({ assignee_id: null }) },
          ...people.map((user) => ({ id: user.id, label: user.id === me.user.id ? t('thread.me', { name: user.name }) : user.name, action: user.id === me.user.id ? ('assign_me' as const) : undefined, onAction: () => mutate({ assignee_id: user.id }) })),
          ...teams.map((team) => ({ id: team.id, icon: Users, label: t('thread.team', { name: team.name }), onAction: () => mutate({ team_id: team.id }) })),
        ]}
      >
        <Button look="quiet" aria-label={t('thread.assigned', { name: owner?.name ?? t('thread.nobody') })} className="px-1.5 max-md:hidden @max-sm:hidden @2xl:px-3">
          {owner ? <Avatar name={owner.name} size={20} /> : <CircleUser size={18} strokeWidth={1.75} aria-hidden className="text-muted" />}
          <bdi dir="auto" className="hidden max-w-28 truncate font-normal @2xl:inline-block">{owner?.name ?? t('thread.nobody')}</bdi>
        </Button>
      </Menu>
      <Menu
        label={t('thread.more')}
        subject={id}
        items={[
          ...(conversation.assignee_id === me.user.id
            ? [{ id: 'unassign', icon: CircleUser, label: t('action.unassign'), action: 'unassign' as const, onAction: () => mutate({ assignee_id: null }) }]
            : [{ id: 'assign', icon: CircleUser, label: t('action.assign_me'), action: 'assign_me' as const, onAction: () => mutate({ assignee_id: me.user.id }) }]),
          ...(resolved ? [] : [{ id: 'resolve_with', icon: Check, label: t('action.resolve_with'), action: 'resolve_with' as const, onAction: () => askClosing(conversation) }]),
          ...(runs ? [{ id: 'macro', icon: Play, label: t('action.macro'), action: 'macro' as const, onAction: () => setAsking({ of: id, what: 'macro' }) }] : []),
          { id: 'pending', icon: CircleDashed, label: t('thread.set_pending'), action: 'pending', onAction: () => mutate({ status: 'pending' }) },
          { id: 'snooze', icon: AlarmClock, label: t('thread.set_snoozed'), action: 'snooze', onAction: () => setAsking({ of: id, what: 'snooze' }) },
          ...priorities.map((priority) => ({ id: priority, icon: Flag, label: t('thread.set_priority', { priority: t(`priority.${priority}`) }), onAction: () => mutate({ priority }) })),
        ]}
      >
        <IconButton label={t('thread.more')} icon={MoreHorizontal} />
      </Menu>
      <Button look={resolved ? 'outline' : 'primary'} onPress={toggleResolved} aria-label={resolved ? t('thread.reopen') : t('thread.resolve')} className="max-md:px-2.5 @max-md:px-2.5">
        {resolved ? <RotateCcw size={15} aria-hidden /> : <Check size={16} aria-hidden />}
        <span className="max-md:hidden @max-md:hidden">{resolved ? t('thread.reopen') : t('thread.resolve')}</span>
      </Button>
      <IconButton label={context ? t('thread.hide_context') : t('thread.show_context')} icon={PanelRight} mirror action="context" active={context} onPress={toggleContext} />
      {asking?.what === 'macro' && <Suspense><macro.Part conversation={asking.of} onClose={() => setAsking(null)} /></Suspense>}
      {asking?.what === 'snooze' && (
        <Suspense>
          <snooze.Part
            onClose={() => setAsking(null)}
            onChoose={(until) => {
              setAsking(null)
              mutate({ status: 'snoozed', snoozed_until: until })
            }}
          />
        </Suspense>
      )}
    </header>
  )
}

function WindowText({ expiresAt }: { expiresAt: number | null }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const left = (expiresAt ?? 0) - useNow()
  if (left <= 0) return <span className="truncate">{t('window.closed')}</span>
  return (
    <span title={formats.exact(expiresAt ?? 0)} className={left < closingSoon ? 'truncate font-semibold text-caution-ink' : 'truncate'}>
      <span className="@max-[27rem]:sr-only">{t('window.closes_in', { span: formats.span(left) })}</span>
      <span aria-hidden className="hidden @max-[27rem]:inline">{formats.span(left)}</span>
    </span>
  )
}
