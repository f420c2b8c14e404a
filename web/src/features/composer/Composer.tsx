import { CalendarClock, Clock, LayoutTemplate, Lock, MessageSquareText, Mic, Paperclip, SendHorizontal } from 'lucide-react'
import { Suspense, useContext, useEffect, useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent, type ReactElement } from 'react'
import { FileTrigger } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { useAction } from '@/actions/registry'
import type { Content, Conversation } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { Carrier } from '@/features/thread/carrier'
import { pageWords } from '@/i18n'
import { useNow } from '@/live/clock'
import { newId } from '@/live/newId'
import { enqueue } from '@/live/outbox'
import { useStore } from '@/live/store'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { sizeText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { later, useSoon } from '@/ui/later'
import { Soon, useStill } from '@/ui/Still'
import { toast } from '@/ui/toast'
import { AttachmentStrip } from './AttachmentStrip'
import { replaceIn } from './box'
import { BoxNotes } from './BoxNotes'
import { fileLimits, limits } from './build/limits'
import type { Kind } from './build/kinds'
import { PlusMenu } from './build/PlusMenu'
import { afterSending, holdDraft, keepDraft, messageId, openBlanks, readDraft, turned, watchDraft } from './drafts'
import { EditBanner } from './EditBanner'
import { EmojiPicker } from './EmojiPicker'
import { FormatMenu, type Format } from './FormatMenu'
import type { Planned } from './late/PlanDialog'
import { MentionList, mentionListId, mentionOptionId } from './MentionList'
import { useMentions } from './mentions'
import { PlanChip } from './PlanChip'
import { ReplyBanner } from './ReplyBanner'
import { composerFocus, replying } from './replying'
import { quickList, SlashPopover } from './SlashPopover'
import { TemplatePicker } from './TemplatePicker'
import { nextBlank, toggleLines, toggleMark } from './text'
import { useAttachments } from './useAttachments'
import { useRewrite } from './useRewrite'
import { slashListId, useSlash } from './useSlash'
import { useTypingSignal } from './useTypingSignal'
import { useVoice } from './voice/useVoice'
import { VoiceBar } from './voice/VoiceBar'

const builder = later(() => Promise.all([import('./build/Builder'), pageWords()]).then(([module]) => module.Builder))

const planDialog = later(() => Promise.all([import('./late/PlanDialog'), pageWords()]).then(([module]) => module.PlanDialog))

type Mode = 'reply' | 'note' | 'template' | 'edit'

/** The longest text under a file, and the longest note. */
const captionLimit = 1_024
const noteLimit = 10_000
const marks: Partial<Record<Format, string>> = { bold: '*', italic: '_', strike: '~', code: '`' }

/** Where the team writes. It never accepts what cannot be sent: with a closed window the reply becomes the template picker. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const me = useMe()
  const open = (conversation.window_expires_at ?? 0) > useNow()
  const [draft, setDraft] = useState(() => readDraft(conversation.id))
  const [picking, setPicking] = useState(false)
  const [building, setBuilding] = useState<Kind | null>(null)
  const voice = useVoice()
  const carrier = useContext(Carrier)
  const rewrite = useRewrite(conversation.id)
  const plan = draft.plan ?? null
  const setPlan = (chosen: Planned | null) => setDraft((old) => ({ ...old, plan: chosen ?? undefined }))
  const [planning, setPlanning] = useState(false)
  const mode: Mode = rewrite.message ? 'edit' : draft.note ? 'note' : picking || !open ? 'template' : 'reply'
  // While a voice note is made, nothing else is: what was typed waits in the draft.
  const speaking = mode === 'reply' && voice.state !== 'idle'
  const box = useRef<HTMLTextAreaElement>(null)
  const attachButton = useRef<HTMLButtonElement>(null)
  const { attachments, add, again, drop, clear } = useAttachments(conversation.id, conversation.channel.id, draft.files)
  const answer = useStore(replying)
  const quoted = answer?.conversation_id === conversation.id ? answer : null
  const signal = useTypingSignal(conversation.id)
  const focusWish = useStore(composerFocus)
  useSoon(builder, quickList, planDialog)

  const written = mode === 'edit' ? rewrite.text : draft.text
  const write = (text: string) => {
    if (mode === 'edit') return rewrite.setText(text)
    setDraft((old) => ({ ...old, text }))
    signal(text ? (mode === 'note' ? 'note' : 'typing') : 'idle')
  }
  const mentions = useMentions(mode === 'note', draft.text, box, write)
  const slash = useSlash(mode === 'reply', conversation.id, box, write, (blanks) => setDraft((old) => ({ ...old, blanks: [...(old.blanks ?? []), ...blanks] })))
  const go = (next: Mode) => {
    rewrite.stop()
    setDraft((old) => turned(old, next === 'note'))
    setPicking(next === 'template')
    requestAnimationFrame(() => box.current?.focus())
  }
  useEffect(() => keepDraft(conversation.id, draft), [conversation.id, draft])
  useEffect(() => watchDraft(conversation.id, setDraft), [conversation.id])
  useEffect(() => holdDraft(conversation.id, setDraft), [conversation.id])
  useEffect(() => {
    if (focusWish > 0) box.current?.focus()
  }, [focusWish])

  useAction('schedule', () => setPlanning(true), mode === 'reply' || mode === 'template')
  useAction('reply', () => go('reply'))
  useAction('note', () => go('note'))
  useAction('template', () => go('template'))
  useAction('attach', () => attachButton.current?.click(), mode === 'reply')

  const put = (content: Content, preview: string, first: boolean, id = newId()): boolean => {
    const taken = enqueue({
      client_id: id,
      conversation_id: conversation.id,
      user_id: me.user.id,
      kind: content.type === 'note' ? 'note' : 'message',
      content,
      preview,
      plan: plan && content.type !== 'note' && content.type !== 'reaction' ? plan : undefined,
      reply_to: first && quoted && content.type !== 'note' ? { id: quoted.id, preview: quoted.preview, direction: quoted.direction } : null,
    })
    if (!taken) toast(t('composer.too_many_wait'), 'danger')
    return taken
  }

  const text = draft.text.trim()
  const uploading = attachments.some((entry) => entry.state === 'uploading')
  const ready = attachments.filter((entry) => entry.state === 'ready' && entry.upload)
  const caption = mode === 'edit' ? rewrite.message?.content.type === 'media' : ready.length === 1 && ready[0]?.kind !== 'audio' && ready[0]?.kind !== 'sticker'
  const limit = mode === 'note' ? noteLimit : caption ? captionLimit : Math.min(limits.text, carrier?.text_max ?? limits.text)
  const blanks = mode === 'reply' ? openBlanks(draft) : []
  const fits = written.trim().length <= limit && blanks.length === 0
  const canSend = !fits ? false : mode === 'edit' ? rewrite.canSave : mode === 'note' ? text !== '' : !uploading && (text !== '' || ready.length > 0)

  // What each kind may have, named before anything is chosen.
  const limitsText = t('composer.limits', { image: sizeText(fileLimits.image), video: sizeText(fileLimits.video), document: sizeText(fileLimits.document), sticker: sizeText(fileLimits.sticker) })

  const send = () => {
    if (!canSend) return
    if (mode === 'edit') return rewrite.save()
    let taken = true
    if (mode === 'note') taken = put({ type: 'note', body: text, mentions: mentions.of(text) }, text, true, messageId(draft))
    else {
      let rest = text
      ready.forEach((entry, index) => {
        // The text becomes the caption of a single file that may carry one; else it follows on its own.
        const caption = ready.length === 1 && entry.kind !== 'audio' && entry.kind !== 'sticker' ? rest : ''
        if (caption) rest = ''
        const { upload } = entry
        if (upload) taken = put({ type: 'media', kind: entry.kind, media_id: upload.id, mime: upload.mime, filename: upload.filename, size: upload.size, caption: caption || undefined }, caption || upload.filename, index === 0, `${draft.key}-${entry.key}`) && taken
      })
      if (rest) taken = put({ type: 'text', body: rest, preview_url: /https?:\/\//.test(rest) }, rest, ready.length === 0, messageId(draft)) && taken
    }
    // Too many wait already: the words stay where they are.
    if (!taken) return
    // Files wait while a note is written.
    if (mode !== 'note') clear()
    replying.set(null)
    signal('idle')
    setDraft(afterSending(draft))
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (mentions.onKeyDown(event) || slash.onKeyDown(event)) return
    if (event.key === 'Tab' && !event.shiftKey && blanks.length > 0) {
      event.preventDefault()
      return toBlank(event.currentTarget.selectionEnd)
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      send()
    }
    if (event.key === 'Escape') {
      event.preventDefault()
      if (mode === 'edit') rewrite.stop()
      else if (quoted) replying.set(null)
      else box.current?.blur()
    }
  }
  const toBlank = (after: number) => {
    const place = nextBlank(draft.text, blanks, after)
    box.current?.focus()
    if (place) box.current?.setSelectionRange(...place)
  }
  const format = (name: Format) => {
    const { current } = box
    if (!current) return
    const { value, selectionStart: from, selectionEnd: to } = current
    const mark = marks[name]
    const change = mark ? toggleMark(value, from, to, mark) : toggleLines(value, from, to, name === 'quote' ? '> ' : '- ')
    replaceIn(current, change.from, change.to, change.text, change.select, write)
  }
  const onPaste = (event: ClipboardEvent) => {
    if (mode !== 'reply' || event.clipboardData.files.length === 0) return
    event.preventDefault()
    add(event.clipboardData.files)
  }
  const onDrop = (event: DragEvent) => {
    if (mode !== 'reply') return
    event.preventDefault()
    add(event.dataTransfer.files)
  }
  const insert = (emoji: string) => {
    const { current } = box
    if (!current) return
    const at = current.selectionStart + emoji.length
    requestAnimationFrame(() => replaceIn(current, current.selectionStart, current.selectionEnd, emoji, [at, at], write))
  }

  const tabs = [
    { id: 'reply', icon: MessageSquareText, label: t('composer.reply'), disabled: !open },
    { id: 'note', icon: Lock, label: t('composer.note'), disabled: false },
    { id: 'template', icon: LayoutTemplate, label: t('composer.template'), disabled: false },
  ] as const

  return (
    <section aria-label={t('composer.title')} className="border-t border-line bg-paper px-3 pt-2 pb-[max(12px,env(safe-area-inset-bottom))]">
      <Soon>
      <div className={cx('mx-auto max-w-[880px] rounded-lg border', mode === 'note' ? 'border-caution-line bg-caution-soft' : 'border-control bg-raised', 'focus-within:border-accent')} onDragOver={(event) => event.preventDefault()} onDrop={onDrop}>
        <div role="group" aria-label={t('composer.mode')} className="flex items-center gap-1 border-b border-line px-1.5 py-1">
          {tabs.map(({ id, icon: Icon, label, disabled }) => (
            <button
              key={id}
              type="button"
              aria-pressed={mode === id}
              disabled={disabled}
              onClick={() => go(id)}
              className="inline-flex min-h-7 cursor-default items-center gap-1.5 rounded-md px-2 text-sm whitespace-nowrap text-muted disabled:opacity-45 enabled:hover:text-strong aria-pressed:font-semibold aria-pressed:text-strong pointer-coarse:min-h-11 max-md:min-h-11"
            >
              <Icon size={14} strokeWidth={2} aria-hidden />
              {label}
            </button>
          ))}
          {mode === 'template' && <IconButton label={t('composer.send_later')} icon={CalendarClock} action="schedule" active={plan !== null} className="ms-auto" onPress={() => setPlanning(true)} />}
          {!open && <span className="hidden items-center gap-1 pe-1.5 text-xs text-muted md:flex"><Clock size={12} aria-hidden />{t('composer.closed')}</span>}
        </div>
        {plan && (mode === 'reply' || mode === 'template') && <PlanChip plan={plan} onChange={() => setPlanning(true)} onDrop={() => setPlan(null)} />}
        {mode === 'template' ? (
          <>
            {!open && <p className="flex items-center gap-1.5 px-3 pt-2 text-sm text-muted md:hidden"><Clock size={14} aria-hidden className="shrink-0" />{t('composer.closed')}</p>}
            <TemplatePicker
              key={conversation.id}
              conversation={conversation}
              onSend={(content, preview) => {
                put(content, preview, true)
                setPlan(null)
                setPicking(false)
              }}
            />
          </>
        ) : (
          <>
            {mode === 'edit' && <EditBanner onCancel={rewrite.stop} />}
            {quoted && mode === 'reply' && <ReplyBanner message={quoted} onCancel={() => replying.set(null)} />}
            {speaking && (
              <VoiceBar
                voice={voice}
                channel={conversation.channel.id}
                onSend={(content, shown) => {
                  put(content, shown, true)
                  setPlan(null)
                  replying.set(null)
                }}
              />
            )}
            {mode === 'reply' && !speaking && <AttachmentStrip attachments={attachments} onDrop={drop} onAgain={again} />}
            {mode === 'reply' && !speaking && attachments.length > 0 && <p className="px-3 pt-1 text-xs text-muted">{limitsText}</p>}
            {mentions.offered.length > 0 && <MentionList mentions={mentions} />}
            <div className="relative">
              {slash.open && <SlashPopover conversation={conversation.id} typed={slash.open.query} listId={slashListId} inline={slash.open.inline} keys={slash.list} onActive={slash.setActive} onPick={slash.pick} onClose={slash.close} />}
              <textarea
                ref={box}
                dir={written ? 'auto' : undefined}
                rows={1}
                value={written}
                aria-label={mode === 'note' ? t('composer.note_box') : t('composer.message_box')}
                placeholder={mode === 'note' ? t('composer.note_hint') : t('composer.hint')}
                onChange={(event) => {
                  write(event.target.value)
                  slash.look()
                }}
                onKeyDown={onKeyDown}
                onFocus={slash.warm}
                onSelect={() => {
                  mentions.moved()
                  slash.look()
                }}
                aria-autocomplete={mode === 'note' || mode === 'reply' ? 'list' : undefined}
                aria-controls={slash.open ? slashListId : mentions.offered.length > 0 ? mentionListId : undefined}
                aria-activedescendant={slash.open ? (slash.active ?? undefined) : mentions.offered.length > 0 ? mentionOptionId(mentions.offered[mentions.active]?.id ?? '') : undefined}
                onPaste={onPaste}
                className="field-sizing-content block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3 py-2.5 text-strong outline-none placeholder:text-faint"
                hidden={speaking}
              />
            </div>
            {!speaking && <BoxNotes length={written.trim().length} limit={limit} blank={blanks[0]} onBlank={() => toBlank(box.current?.selectionEnd ?? 0)} />}
            <div className={speaking ? 'hidden' : 'flex items-center gap-0.5 px-1.5 pb-1.5'}>
              {mode === 'reply' && (
                <>
                  <PlusMenu lacking={carrier?.not_carried ?? []} onChoose={setBuilding} />
                  <AttachTrigger onSelect={add}>
                    <IconButton ref={attachButton} label={t('composer.attach')} aria-description={limitsText} icon={Paperclip} action="attach" />
                  </AttachTrigger>
                  <IconButton label={t('voice.record')} icon={Mic} onPress={() => void voice.start()} />
                </>
              )}
              <EmojiPicker onPick={insert} />
              <FormatMenu onFormat={format} />
              <span className="grow" />
              <span className="hidden pe-2 text-xs text-faint md:inline">{t('composer.keys')}</span>
              {mode === 'reply' && <IconButton label={t('composer.send_later')} icon={CalendarClock} action="schedule" active={plan !== null} onPress={() => setPlanning(true)} />}
              <Button look="primary" onPress={send} isDisabled={!canSend}>
                {mode === 'edit' ? t('common.save') : mode === 'note' ? t('composer.save_note') : plan ? t('composer.schedule') : t('composer.send')}
                <SendHorizontal size={15} aria-hidden className="mirror" />
              </Button>
            </div>
          </>
        )}
      </div>
      </Soon>
      {planning && (
        <Suspense>
          <planDialog.Part
            plan={plan}
            windowEnds={mode === 'template' ? null : conversation.window_expires_at}
            onClose={() => setPlanning(false)}
            onChoose={(chosen) => {
              setPlan(chosen)
              setPlanning(false)
              requestAnimationFrame(() => box.current?.focus())
            }}
          />
        </Suspense>
      )}
      {building && (
        <Suspense>
          <builder.Part
            kind={building}
            conversation={conversation}
            onClose={() => setBuilding(null)}
            onSend={(content, shown) => {
              put(content, shown, true)
              setPlan(null)
              replying.set(null)
              setBuilding(null)
            }}
          />
        </Suspense>
      )}
    </section>
  )
}

/** The browser's choice of files behind a button. */
function AttachTrigger({ onSelect, children }: { onSelect: (files: FileList) => void; children: ReactElement }) {
  return useStill() ? children : <FileTrigger allowsMultiple onSelect={(files) => files && onSelect(files)}>{children}</FileTrigger>
}
