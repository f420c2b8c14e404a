import type { QuickReply } from '@/api/types'

/** Letters as people compare them while typing: case and accents make no difference. */
const plain = (text: string) => text.normalize('NFKD').replace(/[\u0300-\u036f\u064b-\u065f\u0640]/g, '').replace(/[أإآٱ]/g, 'ا').replace(/ة/g, 'ه').replace(/[ىی]/g, 'ي').toLowerCase()

/** What fits the typed letters among replies that the server has put in order: its own rule, for the time until it answers. */
export function narrow(replies: readonly QuickReply[], typed: string): QuickReply[] {
  const wanted = plain(typed)
  if (!wanted) return [...replies]
  const fit = (reply: QuickReply) => {
    const code = plain(reply.shortcut)
    const title = plain(reply.title)
    if (code === wanted) return 0
    if (code.startsWith(wanted)) return 1
    if (title.startsWith(wanted)) return 2
    if (title.includes(wanted) || code.includes(wanted)) return 3
    return plain(reply.here?.text ?? '').includes(wanted) ? 4 : 9
  }
  return replies
    .map((reply, place) => ({ reply, place, fit: fit(reply) }))
    .filter((one) => one.fit < 9)
    .sort((one, other) => one.fit - other.fit || one.place - other.place)
    .map((one) => one.reply)
}
