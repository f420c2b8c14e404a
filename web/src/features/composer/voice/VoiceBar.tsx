import { Mic, Pause, RotateCw, SendHorizontal, Square, Trash2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { upload } from '@/api/client'
import type { Content, Id, Upload } from '@/api/types'
import { AudioPlayer } from '@/features/content/AudioPlayer'
import { Button } from '@/ui/Button'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import type { Voice } from './useVoice'

interface Props {
  voice: Voice
  channel: Id
  onSend: (content: Content, preview: string) => void
}

export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** A voice note from the first sound to sending: time, loudness, pause, listen again, throw away. */
export function VoiceBar({ voice, channel, onSend }: Props) {
  const { t } = useTranslation()
  const { state, recording, asVoice } = voice
  const [sending, setSending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const main = useRef<HTMLButtonElement>(null)

  // The button that was pressed is gone: whoever works by keyboard goes on at the next one.
  useEffect(() => {
    if (state === 'recording' || state === 'ready') main.current?.focus()
  }, [state])

  const send = async () => {
    if (!recording) return
    setSending(true)
    setError(null)
    const kind = asVoice ? 'voice' : 'audio'
    const form = new FormData()
    form.set('file', recording.blob, asVoice ? 'voice.ogg' : 'voice.m4a')
    try {
      const made = await upload<Upload>('/media', form, { channel_id: channel, kind })
      onSend({ type: 'media', kind, media_id: made.id, mime: made.mime, size: made.size }, t(kind === 'voice' ? 'content.voice' : 'content.audio'))
      voice.discard()
    } catch (reason) {
      setError(reason)
    } finally {
      setSending(false)
    }
  }

  return (
    <div role="group" aria-label={t('voice.title')} className="flex flex-col gap-1 px-1.5 py-1.5">
      <div className="flex min-h-11 items-center gap-2">
        <IconButton label={t('voice.discard')} icon={Trash2} onPress={voice.discard} />
        {state === 'asking' && <p className="grow text-muted">{t('voice.asking')}</p>}
        {state === 'failed' && <p role="alert" className="grow text-danger-ink">{t(`voice.${voice.problem ?? 'unsupported'}`)}</p>}
        {(state === 'recording' || state === 'paused') && (
          <>
            <Meter levels={voice.levels} paused={state === 'paused'} />
            <time dir="ltr" className="w-12 text-end text-strong">{clock(voice.seconds)}</time>
            <span className="grow" />
            {state === 'recording' ? <IconButton label={t('voice.pause')} icon={Pause} onPress={voice.pause} /> : <IconButton label={t('voice.resume')} icon={Mic} onPress={voice.resume} />}
            <Button ref={main} look="primary" onPress={() => void voice.finish()}>
              <Square size={13} fill="currentColor" aria-hidden />
              {t('voice.stop')}
            </Button>
          </>
        )}
        {state === 'ready' && recording && (
          <>
            <AudioPlayer url={recording.url} label={t('voice.listen')} seed={recording.url} length={recording.seconds} />
            <span className="grow" />
            <Button ref={main} look="primary" onPress={() => void send()} isDisabled={sending}>
              {error ? <RotateCw size={15} aria-hidden /> : null}
              {sending ? t('composer.uploading') : error ? t('common.try_again') : t('composer.send')}
              {!error && <SendHorizontal size={15} aria-hidden className="mirror" />}
            </Button>
          </>
        )}
        {state === 'failed' && <Button onPress={() => void voice.start()}>{t('common.try_again')}</Button>}
      </div>
      {error !== null && <p role="alert" className="px-1.5 text-sm text-danger-ink">{errorText(error, t)}</p>}
      {!asVoice && state !== 'failed' && <p className="px-1.5 text-xs text-muted">{t('voice.as_sound')}</p>}
      <span role="status" className="sr-only">{state === 'recording' ? t('voice.is_recording') : state === 'paused' ? t('voice.is_paused') : ''}</span>
    </div>
  )
}

/** The last two seconds' loudness; a still line while paused. */
function Meter({ levels, paused }: { levels: number[]; paused: boolean }) {
  return (
    <span aria-hidden dir="ltr" className="flex h-8 min-w-0 shrink items-center gap-[2px] overflow-hidden">
      <span className={paused ? 'me-1.5 size-2.5 shrink-0 rounded-full border-2 border-control' : 'me-1.5 size-2.5 shrink-0 rounded-full bg-danger'} />
      {levels.map((level, at) => (
        <span key={at} className={paused ? 'w-[3px] shrink-0 rounded-full bg-control' : 'w-[3px] shrink-0 rounded-full bg-accent'} style={{ blockSize: 3 + level * 27 }} />
      ))}
    </span>
  )
}
