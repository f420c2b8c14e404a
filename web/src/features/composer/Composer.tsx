import { Clock, LayoutTemplate, Lock, MessageSquareText, Mic, Paperclip, SendHorizontal } from 'lucide-react'
import { Suspense, useEffect, useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent } from 'react'
import { FileTrigger, ToggleButton } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/actions/registry'
import type { Content, Conversation } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { useNow } from '@/live/clock'
import { newId } from '@/live/newId'
import { enqueue } from '@/live/outbox'
import { useStore } from '@/live/store'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { sizeText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { later, useSoon } from '@/ui/later'
import { AttachmentStrip } from './AttachmentStrip'
import { fileLimits } from './build/limits'
import type { Kind } from './build/kinds'
import { PlusMenu } from './build/PlusMenu'
import { emptyDraft, keepDraft, messageId, readDraft, watchDraft } from './drafts'
import { EmojiPicker } from './EmojiPicker'
import { ReplyBanner } from './ReplyBanner'
import { composerFocus, replying } from './replying'
import { TemplatePicker } from './TemplatePicker'
import { useAttachments } from './useAttachments'
import { useTypingSignal } from './useTypingSignal'
import { useVoice } from './voice/useVoice'
import { VoiceBar } from './voice/VoiceBar'

const builder = later(() => import('./build/Builder').then((module) => module.Builder))

type Mode = 'reply' | 'note' | 'template'

/** Where the team writes. It never accepts what cannot be sent: with a closed window the reply becomes the template picker. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const me = useMe()
  const open = (conversation.window_expires_at ?? 0) > useNow()
  const [draft, setDraft] = useState(() => readDraft(conversation.id))
  const [picking, setPicking] = useState(false)
  const [building, setBuilding] = useState<Kind | null>(null)
  const voice = useVoice()
  const mode: Mode = draft.note ? 'note' : picking || !open ? 'template' : 'reply'
  // While a voice note is made, nothing else is: what was typed waits in the draft.
  const speaking = mode === 'reply' && voice.state !== 'idle'
  const box = useRef<HTMLTextAreaElement>(null)
  const attachButton = useRef<HTMLButtonElement>(null)
  const { attachments, add, again, drop, clear } = useAttachments(conversation.channel.id)
  const answer = useStore(replying)
  const quoted = answer?.conversation_id === conversation.id ? answer : null
  const signal = useTypingSignal(conversation.id)
  const focusWish = useStore(composerFocus)
  useSoon(builder)

  const write = (text: string) => {
    setDraft((old) => ({ ...old, text }))
    signal(text ? (mode === 'note' ? 'note' : 'typing') : 'idle')
  }
  const go = (next: Mode) => {
    setDraft((old) => ({ ...old, note: next === 'note' }))
    setPicking(next === 'template')
    requestAnimationFrame(() => box.current?.focus())
  }
  useEffect(() => keepDraft(conversation.id, draft), [conversation.id, draft])
  useEffect(() => watchDraft(conversation.id, setDraft), [conversation.id])
  useEffect(() => {
    if (focusWish > 0) box.current?.focus()
  }, [focusWish])

  useAction('reply', () => go('reply'))
  useAction('note', () => go('note'))
  useAction('template', () => go('template'))
  useAction('attach', () => attachButton.current?.click(), mode === 'reply')

  const put = (content: Content, preview: string, first: boolean, id = newId()) =>
    enqueue({
      client_id: id,
      conversation_id: conversation.id,
      user_id: me.user.id,
      kind: content.type === 'note' ? 'note' : 'message',
      content,
      preview,
      reply_to: first && quoted && content.type !== 'note' ? { id: quoted.id, preview: quoted.preview, direction: quoted.direction } : null,
    })

  const text = draft.text.trim()
  const uploading = attachments.some((entry) => entry.state === 'uploading')
  const ready = attachments.filter((entry) => entry.state === 'ready' && entry.upload)
  const canSend = mode === 'note' ? text !== '' : !uploading && (text !== '' || ready.length > 0)

  // What each kind may have, named before anything is chosen.
  const limitsText = t('composer.limits', { image: sizeText(fileLimits.image), video: sizeText(fileLimits.video), document: sizeText(fileLimits.document), sticker: sizeText(fileLimits.sticker) })

  const send = () => {
    if (!canSend) return
    if (mode === 'note') put({ type: 'note', body: text, mentions: [] }, text, true, messageId(draft))
    else {
      let rest = text
      ready.forEach((entry, index) => {
        // The text becomes the caption of a single file that may carry one; else it follows on its own.
        const caption = ready.length === 1 && entry.kind !== 'audio' && entry.kind !== 'sticker' ? rest : ''
        if (caption) rest = ''
        const { upload } = entry
        if (upload) put({ type: 'media', kind: entry.kind, media_id: upload.id, mime: upload.mime, filename: upload.filename, size: upload.size, caption: caption || undefined }, caption || upload.filename, index === 0)
      })
      if (rest) put({ type: 'text', body: rest, preview_url: /https?:\/\//.test(rest) }, rest, ready.length === 0, messageId(draft))
    }
    clear()
    replying.set(null)
    signal('idle')
    setDraft(emptyDraft(draft.note))
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      send()
    }
    if (event.key === 'Escape') {
      event.preventDefault()
      if (quoted) replying.set(null)
      else box.current?.blur()
    }
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
    const at = box.current?.selectionStart ?? draft.text.length
    write(draft.text.slice(0, at) + emoji + draft.text.slice(box.current?.selectionEnd ?? at))
    requestAnimationFrame(() => {
      box.current?.focus()
      box.current?.setSelectionRange(at + emoji.length, at + emoji.length)
    })
  }

  const tabs = [
    { id: 'reply', icon: MessageSquareText, label: t('composer.reply'), disabled: !open },
    { id: 'note', icon: Lock, label: t('composer.note'), disabled: false },
    { id: 'template', icon: LayoutTemplate, label: t('composer.template'), disabled: false },
  ] as const

  return (
    <section aria-label={t('composer.title')} className="border-t border-line bg-paper px-3 pt-2 pb-[max(12px,env(safe-area-inset-bottom))]">
      <div className={cx('mx-auto max-w-[880px] rounded-lg border', mode === 'note' ? 'border-caution-line bg-caution-soft' : 'border-control bg-raised', 'focus-within:border-accent')} onDragOver={(event) => event.preventDefault()} onDrop={onDrop}>
        <div role="group" aria-label={t('composer.mode')} className="flex items-center gap-1 border-b border-line px-1.5 py-1">
          {tabs.map(({ id, icon: Icon, label, disabled }) => (
            <ToggleButton
              key={id}
              isSelected={mode === id}
              isDisabled={disabled}
              onChange={() => go(id)}
              className="inline-flex min-h-7 cursor-default items-center gap-1.5 rounded-md px-2 text-sm whitespace-nowrap text-muted data-[disabled]:opacity-45 data-[hovered]:text-strong data-[selected]:font-semibold data-[selected]:text-strong pointer-coarse:min-h-11 max-md:min-h-11"
            >
              <Icon size={14} strokeWidth={2} aria-hidden />
              {label}
            </ToggleButton>
          ))}
          {!open && <span className="ms-auto hidden items-center gap-1 pe-1.5 text-xs text-muted md:flex"><Clock size={12} aria-hidden />{t('composer.closed')}</span>}
        </div>
        {mode === 'template' ? (
          <>
            {!open && <p className="flex items-center gap-1.5 px-3 pt-2 text-sm text-muted md:hidden"><Clock size={14} aria-hidden className="shrink-0" />{t('composer.closed')}</p>}
            <TemplatePicker
              key={conversation.id}
              conversation={conversation}
              onSend={(content, preview) => {
                put(content, preview, true)
                setPicking(false)
              }}
            />
          </>
        ) : (
          <>
            {quoted && mode === 'reply' && <ReplyBanner message={quoted} onCancel={() => replying.set(null)} />}
            {speaking && (
              <VoiceBar
                voice={voice}
                channel={conversation.channel.id}
                onSend={(content, shown) => {
                  put(content, shown, true)
                  replying.set(null)
                }}
              />
            )}
            {mode === 'reply' && !speaking && <AttachmentStrip attachments={attachments} onDrop={drop} onAgain={again} />}
            {mode === 'reply' && !speaking && attachments.length > 0 && <p className="px-3 pt-1 text-xs text-muted">{limitsText}</p>}
            <textarea
              ref={box}
              dir={draft.text ? 'auto' : undefined}
              rows={1}
              value={draft.text}
              aria-label={mode === 'note' ? t('composer.note_box') : t('composer.message_box')}
              placeholder={mode === 'note' ? t('composer.note_hint') : t('composer.hint')}
              onChange={(event) => write(event.target.value)}
              onKeyDown={onKeyDown}
              onPaste={onPaste}
              className="field-sizing-content block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3 py-2.5 text-strong outline-none placeholder:text-faint"
              hidden={speaking}
            />
            <div className={speaking ? 'hidden' : 'flex items-center gap-0.5 px-1.5 pb-1.5'}>
              {mode === 'reply' && (
                <>
                  <PlusMenu onChoose={setBuilding} />
                  <FileTrigger allowsMultiple onSelect={(files) => files && add(files)}>
                    <IconButton ref={attachButton} label={t('composer.attach')} aria-description={limitsText} icon={Paperclip} action="attach" />
                  </FileTrigger>
                  <IconButton label={t('voice.record')} icon={Mic} onPress={() => void voice.start()} />
                </>
              )}
              <EmojiPicker onPick={insert} />
              <span className="grow" />
              <span className="hidden pe-2 text-xs text-faint md:inline">{t('composer.keys')}</span>
              <Button look="primary" onPress={send} isDisabled={!canSend}>
                {mode === 'note' ? t('composer.save_note') : t('composer.send')}
                <SendHorizontal size={15} aria-hidden className="mirror" />
              </Button>
            </div>
          </>
        )}
      </div>
      {building && (
        <Suspense>
          <builder.Part
            kind={building}
            conversation={conversation}
            onClose={() => setBuilding(null)}
            onSend={(content, shown) => {
              put(content, shown, true)
              replying.set(null)
              setBuilding(null)
            }}
          />
        </Suspense>
      )}
    </section>
  )
}
