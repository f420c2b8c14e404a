// Turns a flat list of messages into what a reader sees: days, runs of one author, quiet event lines.
import type { Message } from '@/api/types'

export type Entry =
  | { type: 'day'; key: string; at: number }
  | { type: 'event'; key: string; message: Message }
  | { type: 'group'; key: string; messages: [Message, ...Message[]] }

const pause = 5 * 60_000

function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString()
}

function sameRun(a: Message, b: Message): boolean {
  return a.direction === b.direction && a.author.kind === b.author.kind && a.author.id === b.author.id && b.at - a.at < pause
}

/** System notices of the provider read like our own events, whoever they came from. */
export function isEvent(message: Message): boolean {
  return message.direction === 'event' || message.content.type === 'event' || message.content.type === 'system'
}

/** Messages oldest first, reactions left out (they are shown on their targets). */
export function arrange(messages: readonly Message[]): Entry[] {
  const entries: Entry[] = []
  let previous: Message | undefined
  for (const message of messages) {
    if (message.content.type === 'reaction') continue
    if (!previous || !sameDay(previous.at, message.at)) entries.push({ type: 'day', key: `day-${message.at}`, at: message.at })
    const tail = entries.at(-1)
    if (isEvent(message)) entries.push({ type: 'event', key: message.id, message })
    else if (tail?.type === 'group' && previous && sameRun(previous, message)) tail.messages.push(message)
    else entries.push({ type: 'group', key: message.client_id ?? message.id, messages: [message] })
    previous = message
  }
  return entries
}
