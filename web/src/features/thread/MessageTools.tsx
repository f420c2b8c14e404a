import { Info, Pencil, Reply, SmilePlus, Split, Undo2, type LucideIcon } from 'lucide-react'
import { Suspense, useContext, useRef, useState, type Ref } from 'react'
import { Dialog, Popover } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import type { Message } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { startReply } from '@/features/composer/replying'
import { isFree, startRewrite, wordsOf } from '@/features/composer/unsent'
import { pageWords } from '@/i18n'
import { newId } from '@/live/newId'
import { enqueue } from '@/live/outbox'
import { cx } from '@/ui/cx'
import { later } from '@/ui/later'
import { Carrier } from './carrier'
import { askSplit } from './parting'
import { useUnsent } from './useUnsent'
import { WhyPopover } from './WhyPopover'

const reading = later(() => Promise.all([import('./late/Reading'), pageWords()]).then(([module]) => module.Reading))
const quick = ['👍', '❤️', '😂', '🙏', '😮', '✅']

/** What can be done with a message; shown on hover and focus, always reachable by keyboard. A thread shows a hundred of these: plain buttons, and one popover when it is asked for. */
export function MessageTools({ message }: { message: Message }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<'react' | 'why' | null>(null)
  const trigger = useRef<HTMLButtonElement>(null)
  const me = useMe()
  const carrier = useContext(Carrier)
  // Notes never leave the house, so they cannot be answered or reacted to; local ones have no id of the server yet.
  if (message.direction === 'note' || message.revoked_at !== null || message.id === message.client_id) return null
  const close = () => setOpen(null)
  const free = isFree(message)
  const may = me.permissions.includes('inbox.write')
  return (
    <div
      role="group"
      aria-label={t('thread.tools')}
      className={cx(
        'flex md:opacity-0 md:group-hover/message:opacity-100 md:focus-within:opacity-100 md:has-[[aria-expanded=true]]:opacity-100',
        // On a phone they take no room beside the bubble: a tap on the message brings them up above it.
        'max-md:absolute max-md:-top-10 max-md:z-10 max-md:hidden max-md:rounded-full max-md:border max-md:border-line max-md:bg-overlay max-md:shadow-overlay max-md:group-focus-within/message:flex',
        message.direction === 'in' ? 'max-md:start-0' : 'max-md:end-0',
      )}
    >
      {free && wordsOf(message) !== null && <Tool label={t('thread.rewrite')} icon={Pencil} onClick={() => startRewrite(message)} />}
      {/* A planned one has it in its note. */}
      {free && message.status !== 'scheduled' && <TakeBack message={message} />}
      {!free && message.status !== 'withdrawn' && !carrier?.not_offered.includes('quotes') && <Tool label={t('thread.reply')} icon={Reply} mirror onClick={() => startReply(message)} />}
      {message.direction === 'in' && !carrier?.not_carried.includes('reaction') && <Tool ref={trigger} label={t('thread.react')} icon={SmilePlus} expanded={open === 'react'} onClick={() => setOpen('react')} />}
      <Tool ref={trigger} label={t('why.open')} icon={Info} expanded={open === 'why'} onClick={() => setOpen('why')} />
      {may && message.status !== 'scheduled' && <Tool label={t('thread.split_here')} icon={Split} onClick={() => askSplit(message.conversation_id, message.id)} />}
      {open === 'react' && (
        <Popover triggerRef={trigger} isOpen onOpenChange={close} className="appear z-50 rounded-full border border-line bg-overlay p-1 shadow-overlay">
          <Reactions message={message} onDone={close} />
        </Popover>
      )}
      {open === 'why' && (
        <Popover triggerRef={trigger} isOpen onOpenChange={close} placement="top end" className="appear z-50 max-h-112 w-88 max-w-[94vw] overflow-auto rounded-lg border border-line bg-overlay p-4 shadow-overlay">
          <Dialog aria-label={t(message.direction === 'in' ? 'why.open' : 'why.title')} className="outline-none">
            {message.direction === 'in' ? <Suspense><reading.Part message={message} /></Suspense> : <WhyPopover message={message} />}
          </Dialog>
        </Popover>
      )}
    </div>
  )
}

function TakeBack({ message }: { message: Message }) {
  const { t } = useTranslation()
  const { withdraw } = useUnsent(message)
  return <Tool label={t('thread.take_back')} icon={Undo2} onClick={() => withdraw.mutate()} />
}

interface ToolProps {
  label: string
  icon: LucideIcon
  mirror?: boolean
  /** Set for tools that open something. */
  expanded?: boolean
  onClick: () => void
  ref?: Ref<HTMLButtonElement>
}

function Tool({ label, icon: Icon, mirror, expanded, onClick, ref }: ToolProps) {
  return (
    <button
      ref={ref}
      type="button"
      aria-label={label}
      aria-haspopup={expanded === undefined ? undefined : 'dialog'}
      aria-expanded={expanded}
      title={label}
      onClick={onClick}
      className="hit-square inline-flex shrink-0 cursor-default items-center justify-center rounded-md text-muted hover:bg-hover hover:text-strong"
    >
      <Icon size={18} strokeWidth={1.75} aria-hidden className={mirror ? 'mirror' : undefined} />
    </button>
  )
}

function Reactions({ message, onDone }: { message: Message; onDone: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const react = (emoji: string) => {
    enqueue({ client_id: newId(), conversation_id: message.conversation_id, user_id: me.user.id, kind: 'message', content: { type: 'reaction', target: message.id, emoji }, preview: emoji, reply_to: null })
    onDone()
  }
  return (
    <Dialog aria-label={t('thread.react')} className="flex outline-none">
      {quick.map((emoji) => (
        <button key={emoji} type="button" aria-label={t('thread.react_with', { emoji })} onClick={() => react(emoji)} className="hit-square rounded-full text-lg hover:bg-hover">
          {emoji}
        </button>
      ))}
    </Dialog>
  )
}
