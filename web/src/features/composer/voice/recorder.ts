// Recording in the browser: what it can record, how loud it is, how long it has been.

/** The first of these that the browser records. The server makes a voice note of Opus; AAC (older Safari) can only go as a sound file. */
const types = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4'] as const

export function recordingType(): string | null {
  if (typeof MediaRecorder === 'undefined') return null
  return types.find((type) => MediaRecorder.isTypeSupported(type)) ?? null
}

/** Whether a recording of this type becomes a voice note, or stays a sound file. */
export function isVoice(type: string): boolean {
  return !type.startsWith('audio/mp4')
}

export interface Recording {
  blob: Blob
  /** Seconds that were recorded, pauses left out. */
  seconds: number
}

export interface Recorder {
  pause: () => void
  resume: () => void
  /** Ends it and gives what was recorded. */
  finish: () => Promise<Recording>
  /** Ends it and forgets everything. */
  cancel: () => void
  /** Loudness of this moment, 0 to 1. */
  level: () => number
  seconds: () => number
}

/** Loudness of samples: silence is 0, a loud voice near 1. */
export function loudness(samples: Uint8Array): number {
  if (samples.length === 0) return 0
  let sum = 0
  for (const sample of samples) sum += ((sample - 128) / 128) ** 2
  return Math.min(1, Math.sqrt(sum / samples.length) * 3)
}

/** Asks for the microphone and begins. Throws what the browser says: NotAllowedError, NotFoundError, ... */
export async function startRecording(type: string): Promise<Recorder> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } })
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 24_000 })
  const parts: Blob[] = []
  recorder.addEventListener('dataavailable', (event) => {
    if (event.data.size > 0) parts.push(event.data)
  })
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 512
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Uint8Array(analyser.fftSize)

  let before = 0
  let since: number | null = performance.now()
  const seconds = () => (before + (since === null ? 0 : performance.now() - since)) / 1000
  const hold = () => {
    before = seconds() * 1000
    since = null
  }
  const release = () => {
    for (const track of stream.getTracks()) track.stop()
    void context.close().catch(() => undefined)
  }
  recorder.start(1000)
  return {
    pause: () => {
      recorder.pause()
      hold()
    },
    resume: () => {
      recorder.resume()
      since = performance.now()
    },
    finish: () =>
      new Promise((resolve) => {
        hold()
        recorder.addEventListener('stop', () => {
          release()
          resolve({ blob: new Blob(parts, { type }), seconds: before / 1000 })
        })
        recorder.stop()
      }),
    cancel: () => {
      if (recorder.state !== 'inactive') recorder.stop()
      release()
    },
    level: () => {
      analyser.getByteTimeDomainData(samples)
      return loudness(samples)
    },
    seconds,
  }
}
