// WhatsApp's own formatting: *bold*, _italic_, ~strike~ (also inside one another), `code`, ```blocks```, > quotes, - and 1. lists,
// and links. As near linear as it can be, so no message can stall the screen.

export type Inline = { kind: 'text' | 'code' | 'link'; text: string } | { kind: 'bold' | 'italic' | 'strike'; parts: Inline[] }

export type Block =
  | { kind: 'text'; parts: Inline[] }
  | { kind: 'quote'; parts: Inline[] }
  | { kind: 'bullets'; items: Inline[][] }
  | { kind: 'numbers'; start: number; items: Inline[][] }
  | { kind: 'code'; text: string }

const marks: Record<string, 'bold' | 'italic' | 'strike' | 'code' | undefined> = { '*': 'bold', _: 'italic', '~': 'strike', '`': 'code' }
const url = /https?:\/\/[^\s<>"']+/g
const wordLike = /[\p{L}\p{N}]/u
/** Stands for a fenced part while the rest is cut into lines; nobody types it. */
const stand = '\uE000'

/** The fenced parts of a body, in their order. */
interface Fences {
  texts: string[]
  next: number
}

function withoutFences(body: string): { body: string; fences: Fences } {
  const texts: string[] = []
  const rest = body.replaceAll(stand, '\uFFFD').replace(/```([\s\S]+?)```/g, (_, inner: string) => {
    texts.push(inner)
    return stand
  })
  return { body: rest, fences: { texts, next: 0 } }
}

/** A message as blocks; most have one. */
export function blocks(text: string): Block[] {
  const { body, fences } = withoutFences(text)
  const found: Block[] = []
  let plain: string[] = []
  const flush = () => {
    if (plain.some((line) => line.trim() !== '') || (found.length === 0 && plain.length > 0)) found.push({ kind: 'text', parts: inline(trimmed(plain, found.length > 0), fences) })
    plain = []
  }
  for (const line of body.split('\n')) {
    const last = plain.length === 0 ? found.at(-1) : undefined
    const quote = /^> ?(.+)$/.exec(line)
    const bullet = /^[-*] (.+)$/.exec(line)
    const number = /^(\d{1,3})\. (.+)$/.exec(line)
    if (line.trim() === stand && (fences.texts[fences.next + count(plain)] ?? '').includes('\n')) {
      flush()
      found.push({ kind: 'code', text: (fences.texts[fences.next++] ?? '').replace(/^\n|\n$/g, '') })
    } else if (quote?.[1] && line.startsWith('> ')) {
      flush()
      if (last?.kind === 'quote') last.parts.push({ kind: 'text', text: '\n' }, ...inline(quote[1], fences))
      else found.push({ kind: 'quote', parts: inline(quote[1], fences) })
    } else if (bullet?.[1] && !closesBold(line)) {
      flush()
      if (last?.kind === 'bullets') last.items.push(inline(bullet[1], fences))
      else found.push({ kind: 'bullets', items: [inline(bullet[1], fences)] })
    } else if (number?.[1] && number[2]) {
      flush()
      if (last?.kind === 'numbers') last.items.push(inline(number[2], fences))
      else found.push({ kind: 'numbers', start: Number(number[1]), items: [inline(number[2], fences)] })
    } else plain.push(line)
  }
  flush()
  return found
}

/** "* 3 * 4" is arithmetic, not a list: a star that comes again with blanks around it. */
function closesBold(line: string): boolean {
  return line.startsWith('* ') && / \* /.test(line.slice(2))
}

function count(lines: string[]): number {
  return lines.reduce((sum, line) => sum + line.split(stand).length - 1, 0)
}

/** The line breaks beside a list or quote are the block's own. */
function trimmed(lines: string[], after: boolean): string {
  const text = lines.join('\n')
  return after ? text.replace(/^\n+/, '').replace(/\n+$/, '') : text.replace(/\n+$/, (end) => (end.length > 1 ? '\n' : ''))
}

/** One run of text: links first, marks between them. */
export function inline(body: string, fences: Fences = { texts: [], next: 0 }): Inline[] {
  const tokens: Inline[] = []
  let from = 0
  for (const hit of body.matchAll(url)) {
    const text = hit[0].replace(/[.,;:!?)\]*_~]+$/, '')
    tokens.push(...marked(body.slice(from, hit.index), fences, ''), { kind: 'link', text })
    from = hit.index + text.length
  }
  tokens.push(...marked(body.slice(from), fences, ''))
  return tokens
}

/** `within`: the marks that are open around it; none stands inside itself. */
function marked(body: string, fences: Fences, within: string): Inline[] {
  const tokens: Inline[] = []
  let plain = ''
  let index = 0
  const flush = () => {
    if (plain) tokens.push({ kind: 'text', text: plain })
    plain = ''
  }
  while (index < body.length) {
    const mark = body[index] ?? ''
    if (mark === stand) {
      flush()
      tokens.push({ kind: 'code', text: fences.texts[fences.next++] ?? '' })
      index += 1
      continue
    }
    const kind = within.includes(mark) ? undefined : marks[mark]
    const end = kind ? closing(body, index, mark) : -1
    if (!kind || end < 0) {
      plain += mark
      index += 1
      continue
    }
    flush()
    const content = body.slice(index + 1, end)
    tokens.push(kind === 'code' ? { kind, text: content } : { kind, parts: marked(content, fences, within + mark) })
    index = end + 1
  }
  flush()
  return tokens
}

/** Where the mark closes, or -1: it must hug its words and must not stand inside one (snake_case stays as it is). */
function closing(body: string, start: number, mark: string): number {
  if (start > 0 && wordLike.test(body[start - 1] ?? '')) return -1
  if (/\s/.test(body[start + 1] ?? ' ')) return -1
  const end = body.indexOf(mark, start + 2)
  if (end < 0) return -1
  const content = body.slice(start + 1, end)
  if (content.includes('\n') || /\s$/.test(content)) return -1
  return wordLike.test(body[end + 1] ?? '') ? -1 : end
}
