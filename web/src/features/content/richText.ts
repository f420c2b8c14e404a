// WhatsApp's own marks (*bold*, _italic_, ~strike~, `code`, ```block```) and links, as tokens; linear, so no message can stall the screen.

export type Token = { kind: 'text' | 'bold' | 'italic' | 'strike' | 'code' | 'link'; text: string }

const marks: Record<string, Token['kind']> = { '*': 'bold', _: 'italic', '~': 'strike', '`': 'code' }
const url = /https?:\/\/[^\s<>"']+/g
const wordLike = /[\p{L}\p{N}]/u

export function tokenize(body: string): Token[] {
  const tokens: Token[] = []
  let from = 0
  for (const hit of body.matchAll(url)) {
    const text = hit[0].replace(/[.,;:!?)\]]+$/, '')
    tokens.push(...marked(body.slice(from, hit.index)), { kind: 'link', text })
    from = hit.index + text.length
  }
  tokens.push(...marked(body.slice(from)))
  return tokens
}

function marked(body: string): Token[] {
  const tokens: Token[] = []
  let plain = ''
  let index = 0
  while (index < body.length) {
    const fence = body.startsWith('```', index) ? '```' : (body[index] ?? '')
    const kind = fence === '```' ? 'code' : marks[fence]
    const end = kind ? closing(body, index, fence) : -1
    if (!kind || end < 0) {
      plain += body[index]
      index += 1
      continue
    }
    if (plain) tokens.push({ kind: 'text', text: plain })
    plain = ''
    tokens.push({ kind, text: body.slice(index + fence.length, end) })
    index = end + fence.length
  }
  if (plain) tokens.push({ kind: 'text', text: plain })
  return tokens
}

/** Where the mark closes, or -1: it must hug its words and must not stand inside one (snake_case stays as it is). */
function closing(body: string, start: number, fence: string): number {
  const inner = start + fence.length
  if (fence !== '```' && (start > 0 && wordLike.test(body[start - 1] ?? ''))) return -1
  if (/\s/.test(body[inner] ?? ' ') && fence !== '```') return -1
  const end = body.indexOf(fence, inner + 1)
  if (end < 0) return -1
  const content = body.slice(inner, end)
  if (fence !== '```' && (content.includes('\n') || /\s$/.test(content))) return -1
  if (fence !== '```' && wordLike.test(body[end + fence.length] ?? '')) return -1
  return end
}
