import { useCallback, useEffect, useRef, useState } from 'react'
import { isVoice, recordingType, startRecording, type Recorder, type Recording } from './recorder'

export type VoiceState = 'idle' | 'asking' | 'recording' | 'paused' | 'ready' | 'failed'

/** How many bars of loudness are kept: two seconds of them. */
const bars = 40
const tick = 60

export interface Voice {
  state: VoiceState
  seconds: number
  levels: number[]
  recording: (Recording & { url: string }) | null
  /** Why there is no recording: a word of the catalogue. */
  problem: 'denied' | 'missing' | 'unsupported' | null
  /** Whether the browser's format becomes a voice note, or goes as a sound file. */
  asVoice: boolean
  start: () => Promise<void>
  pause: () => void
  resume: () => void
  finish: () => Promise<void>
  discard: () => void
}

/** One recording from the first sound to the last. */
export function useVoice(): Voice {
  const [state, setState] = useState<VoiceState>('idle')
  const [seconds, setSeconds] = useState(0)
  const [levels, setLevels] = useState<number[]>([])
  const [recording, setRecording] = useState<Voice['recording']>(null)
  const [problem, setProblem] = useState<Voice['problem']>(null)
  const recorder = useRef<Recorder | null>(null)
  // Closing the conversation while the browser still asks for the microphone must not leave it open.
  const wanted = useRef(0)

  const discard = useCallback(() => {
    wanted.current += 1
    recorder.current?.cancel()
    recorder.current = null
    setRecording((old) => {
      if (old) URL.revokeObjectURL(old.url)
      return null
    })
    setProblem(null)
    setState('idle')
  }, [])

  useEffect(() => discard, [discard])

  useEffect(() => {
    if (state !== 'recording') return undefined
    const timer = setInterval(() => {
      const { current } = recorder
      if (!current) return
      setSeconds(current.seconds())
      setLevels((old) => [...old.slice(1 - bars), current.level()])
    }, tick)
    return () => clearInterval(timer)
  }, [state])

  const start = async () => {
    const type = recordingType()
    // Browsers give the microphone on https and localhost only.
    const devices = navigator.mediaDevices as MediaDevices | undefined
    if (!type || !devices) {
      setProblem('unsupported')
      setState('failed')
      return
    }
    const mine = (wanted.current += 1)
    setState('asking')
    setLevels([])
    setSeconds(0)
    try {
      const started = await startRecording(type)
      if (wanted.current !== mine) {
        started.cancel()
        return
      }
      recorder.current = started
      setState('recording')
    } catch (error) {
      if (wanted.current !== mine) return
      const name = error instanceof DOMException ? error.name : ''
      setProblem(name === 'NotAllowedError' || name === 'SecurityError' ? 'denied' : name === 'NotFoundError' ? 'missing' : 'unsupported')
      setState('failed')
    }
  }
  const pause = () => {
    recorder.current?.pause()
    setState('paused')
  }
  const resume = () => {
    recorder.current?.resume()
    setState('recording')
  }
  const finish = async () => {
    const made = await recorder.current?.finish()
    recorder.current = null
    if (!made) return
    setSeconds(made.seconds)
    setRecording({ ...made, url: URL.createObjectURL(made.blob) })
    setState('ready')
  }
  return { state, seconds, levels, recording, problem, asVoice: isVoice(recordingType() ?? ''), start, pause, resume, finish, discard }
}
