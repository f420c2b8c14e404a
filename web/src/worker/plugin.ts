// Makes what the installed app needs at build time: the worker with the names of this build's files, the page without a connection, and a manifest a language.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import type { Plugin } from 'vite'

const languages = ['en', 'ar', 'es', 'fr', 'pt', 'ru', 'zh-Hans', 'zh-Hant']
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const text = (name: string) => readFileSync(path(name), 'utf8')
type Tree = { [key: string]: string | Tree }

/** The words of a key in a language; the build stops when there are none. */
function wordsOf(language: string): (key: string) => string {
  const files = ['', '.pages'].map((half) => JSON.parse(text(`../i18n/${language}${half}.json`)) as Tree)
  return (key) => {
    const found = files.map((file) => key.split('.').reduce<Tree | string | undefined>((tree, part) => (typeof tree === 'object' ? tree[part] : undefined), file))
    const word = found.find((value) => typeof value === 'string')
    if (typeof word !== 'string') throw new Error(`${language}: no words for ${key}`)
    return word
  }
}

const escaped = (value: string) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')

/** What the worker says by itself, in every language. */
function workerWords(): Record<string, Record<string, string>> {
  return Object.fromEntries(
    languages.map((language) => {
      const word = wordsOf(language)
      return [language, { message: word('worker.message'), mention: word('worker.mention'), team: word('worker.team'), test: word('worker.test') }]
    }),
  )
}

/** The page without a connection, in every language; its style shows one. */
export function offlinePage(): string {
  const parts = languages.map((language) => {
    const word = wordsOf(language)
    const direction = language === 'ar' ? 'rtl' : 'ltr'
    return `    <main lang="${language}" dir="${direction}"><img src="/icon.svg" alt="" width="48" height="48" /><h1>${escaped(word('worker.offline'))}</h1><p>${escaped(word('worker.offline_text'))}</p><a href="">${escaped(word('worker.retry'))}</a></main>`
  })
  return text('./offline.html').replace('    <!-- words -->', parts.join('\n'))
}

/** The manifest in a language: the same app, whichever of them the browser reads. */
export function manifest(language: string): string {
  const word = wordsOf(language)
  const icon = (name: string, size: number, purpose: string) => ({ src: `/icons/${name}-${size}.png`, sizes: `${size}x${size}`, type: 'image/png', purpose })
  const shortcut = (name: string, url: string) => ({ name, url, icons: [{ src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' }] })
  return JSON.stringify({
    id: '/',
    name: 'Rapport',
    short_name: 'Rapport',
    lang: language,
    dir: 'auto',
    start_url: '/inbox',
    scope: '/',
    display: 'standalone',
    background_color: '#fbfaf8',
    theme_color: '#14665a',
    categories: ['business', 'productivity'],
    icons: [192, 512].flatMap((size) => [icon('icon', size, 'any'), icon('maskable', size, 'maskable')]),
    shortcuts: [shortcut(word('place.inbox'), '/inbox'), shortcut(word('place.search'), '/search'), shortcut(word('place.contacts'), '/contacts')],
  })
}

/** The worker for a build with these files. */
export function workerCode(files: string[]): string {
  const assets = files.filter((name) => name.startsWith('assets/')).map((name) => `/${name}`).sort()
  const page = offlinePage()
  const source = text('./sw.js').replace('__ASSETS__', () => JSON.stringify(assets)).replace('__WORDS__', () => JSON.stringify(workerWords()))
  const version = createHash('sha256').update(source).update(page).digest('hex').slice(0, 12)
  return source.replace('__VERSION__', version)
}

export function worker(): Plugin {
  return {
    name: 'rapport-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: workerCode(Object.keys(bundle)) })
      this.emitFile({ type: 'asset', fileName: 'offline.html', source: offlinePage() })
      for (const language of languages) {
        const name = language === 'en' ? 'manifest.webmanifest' : `manifest.${language}.webmanifest`
        this.emitFile({ type: 'asset', fileName: name, source: manifest(language) })
      }
    },
  }
}
