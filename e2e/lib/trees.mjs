// What a screen reader is given: the tree of roles and names of a part of a page, kept as a file and compared with it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const folder = new URL('../trees/', import.meta.url)
export const renew = process.env.RENEW === '1'

/** The names of this month. */
const months = ['en', 'ar'].flatMap((locale) => ['short', 'long'].map((month) => new Intl.DateTimeFormat(locale, { month, timeZone: 'Asia/Dubai' }).format()))
const thisMonth = new RegExp(`(?<!\\p{L})(${[...new Set(months)].join('|')})(?!\\p{L})`, 'gu')

/** What differs from run to run, without the structure: ids, numbers, times, in either language's digits. */
export function masked(tree) {
  return tree
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi, 'ID')
    .replace(/[\u200e\u200f\u2066-\u2069\u202a-\u202e]/g, '')
    // The level of a heading is structure.
    .replace(/(\[level=\d\])|[\d٠-٩]+([.,:٬٫/-][\d٠-٩]+)*/g, (_, level) => level ?? '#')
    .replace(/#[ \u00a0\u202f]?(AM|PM|am|pm|ص|م)(?!\p{L})/gu, '#')
    .replace(thisMonth, 'MONTH')
    // How long ago, or how long still.
    .replace(/(?<!\p{L})(now|الآن|# (min|hr|sec|day|days|د|س|ث|ي))(?!\p{L})/gu, 'TIME')
    .replace(/(TIME )+TIME/g, 'TIME')
    .trimEnd()
    .concat('\n')
}

/** The tree once it has come to rest: twice the same, a moment apart. */
async function atRest(parts) {
  let last = ''
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(150)) {
    const trees = []
    for (const part of parts) trees.push(await part.ariaSnapshot())
    const now = masked(trees.join('\n'))
    if (now === last) return now
    last = now
  }
  throw new Error('the page does not come to rest')
}

/** The lines that went and came, with three lines round them. */
export function difference(before, after) {
  const [a, b] = [before.split('\n'), after.split('\n')]
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i -= 1) for (let j = b.length - 1; j >= 0; j -= 1) common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1])
  const lines = []
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i]}`)
      i += 1
      j += 1
    } else if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) lines.push(`- ${a[i++]}`)
    else lines.push(`+ ${b[j++]}`)
  }
  const near = (at) => lines.slice(Math.max(0, at - 3), at + 4).some((line) => line[0] !== ' ')
  return lines.filter((_, at) => near(at)).join('\n')
}

/** Compares parts of a page with their file, or writes the file (`RENEW=1`); answers with what differs. */
export async function compare(parts, locale, name) {
  const file = new URL(`${locale}/${name}.yml`, folder)
  const now = await atRest(parts)
  if (renew) {
    mkdirSync(dirname(file.pathname), { recursive: true })
    writeFileSync(file, now)
    return ''
  }
  let before = ''
  try {
    before = readFileSync(file, 'utf8')
  } catch {
    // A page that is new has no tree yet: all of it is news.
  }
  return before === now ? '' : `e2e/trees/${locale}/${name}.yml\n${difference(before, now)}\n`
}
