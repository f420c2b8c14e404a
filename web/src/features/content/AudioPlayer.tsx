import { Pause, Play } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { cx } from '@/ui/cx'

interface Props {
  url: string
  label: string
  /** Steady look per message: the bars are a sign, not the sound's real shape. */
  seed: string
  /** Seconds, where the file does not say: fresh recordings carry no length. */
  length?: number
}

const bars = 28

function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.floor(seconds) : 0
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** A voice message; left-to-right in every language, as players are. */
export function AudioPlayer({ url, label, seed, length: known }: Props) {
  const { t } = useTranslation()
  const audio = useRef<HTMLAudioElement>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [told, setTold] = useState(0)
  const length = known ?? told
  const share = length > 0 ? at / length : 0
  const Icon = playing ? Pause : Play
  return (
    <div dir="ltr" role="group" aria-label={label} className="flex items-center gap-2.5 py-0.5">
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onDurationChange={(event) => setTold(Number.isFinite(event.currentTarget.duration) ? event.currentTarget.duration : 0)}
      />
      <button
        type="button"
        aria-label={playing ? t('content.pause') : t('content.play')}
        onClick={() => void (playing ? audio.current?.pause() : audio.current?.play().catch(() => setPlaying(false)))}
        className="hit-square grid shrink-0 place-items-center rounded-full bg-accent text-on-accent hover:bg-accent-hover"
      >
        <Icon size={15} fill="currentColor" aria-hidden />
      </button>
      <div className="relative flex h-8 items-center gap-[3px]">
        {Array.from({ length: bars }, (_, index) => (
          <span key={index} className={cx('w-[3px] rounded-full', index / bars < share ? 'bg-accent' : 'bg-control')} style={{ blockSize: 6 + ((seed.charCodeAt(index % seed.length) * (index + 7)) % 18) }} />
        ))}
        <input
          type="range"
          min={0}
          max={length || 1}
          step={0.1}
          value={at}
          aria-label={t('content.position')}
          aria-valuetext={clock(at)}
          onChange={(event) => {
            if (audio.current) audio.current.currentTime = Number(event.target.value)
          }}
          className="absolute inset-0 w-full opacity-0 focus-visible:opacity-100"
        />
      </div>
      <span className="w-9 text-xs text-muted">{clock(playing || at > 0 ? at : length)}</span>
    </div>
  )
}
