// What typing aids do to a text: pure, so that the box only has to carry it out.

/** A part of the text and what takes its place; afterwards `select` is selected. */
export interface Replacement {
  from: number
  to: number
  text: string
  select: [number, number]
}

/** A quick reply that is being asked for: the slash and what was typed after it. */
export interface Slash {
  from: number
  query: string
}

const longest = 40

/** Whether the caret stands behind a slash that begins a word. */
export function slashAt(text: string, caret: number): Slash | null {
  const before = text.slice(Math.max(0, caret - longest - 2), caret)
  const hit = /(^|\s)\/([^\s/]*)$/u.exec(before)
  if (!hit) return null
  const query = hit[2] ?? ''
  // A window that begins in the middle of a long word is no beginning of the text.
  if (hit[1] === '' && caret - query.length - 1 > 0) return null
  return { from: caret - query.length - 1, query }
}

/** Puts a mark (`*`, `_`, `~`, `` ` ``) around the selection, or takes it away when it is there. */
export function toggleMark(text: string, from: number, to: number, mark: string): Replacement {
  const chosen = text.slice(from, to)
  if (text.slice(from - mark.length, from) === mark && text.slice(to, to + mark.length) === mark) {
    return { from: from - mark.length, to: to + mark.length, text: chosen, select: [from - mark.length, to - mark.length] }
  }
  if (chosen.length > 2 * mark.length && chosen.startsWith(mark) && chosen.endsWith(mark)) {
    const inner = chosen.slice(mark.length, -mark.length)
    return { from, to, text: inner, select: [from, from + inner.length] }
  }
  // WhatsApp wants its marks to hug the words: blanks at the ends stay outside.
  const lead = /^\s*/u.exec(chosen)?.[0].length ?? 0
  const core = chosen.trim()
  const tail = chosen.slice(lead + core.length)
  const start = from + lead + mark.length
  return { from, to, text: chosen.slice(0, lead) + mark + core + mark + tail, select: [start, start + core.length] }
}

/** Begins every line of the selection with a sign (`> `, `- `), or takes it away where all have it. */
export function toggleLines(text: string, from: number, to: number, sign: string): Replacement {
  const start = text.lastIndexOf('\n', from - 1) + 1
  const end = text.indexOf('\n', to) < 0 ? text.length : text.indexOf('\n', to)
  const lines = text.slice(start, end).split('\n')
  const all = lines.every((line) => line.startsWith(sign))
  const next = lines.map((line) => (all ? line.slice(sign.length) : line.startsWith(sign) ? line : sign + line)).join('\n')
  return { from: start, to: end, text: next, select: lines.length > 1 ? [start, start + next.length] : [start + next.length, start + next.length] }
}

/** Where the next blank stands from `after` on, from the beginning again when there is none behind. */
export function nextBlank(text: string, blanks: readonly string[], after: number): [number, number] | null {
  const places = blanks.flatMap((blank) => {
    const found: [number, number][] = []
    for (let at = text.indexOf(blank); at >= 0; at = text.indexOf(blank, at + blank.length)) found.push([at, at + blank.length])
    return found
  })
  places.sort(([one], [other]) => one - other)
  return places.find(([at]) => at >= after) ?? places[0] ?? null
}
