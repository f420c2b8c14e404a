// The catalogues as the checks read them: the languages the program offers, each with its two files as one map of dotted keys.
import { readFileSync } from 'node:fs'

const i18n = new URL('../src/i18n/', import.meta.url).pathname

/** One file of the catalogues, by its name without the ending. */
export const file = (name) => JSON.parse(readFileSync(`${i18n}${name}.json`, 'utf8'))

/** Codes of the languages, read where the program lists them. */
export const languages = [...readFileSync(`${i18n}index.ts`, 'utf8').split('export const languages')[1].split('as const')[0].matchAll(/code: '([\w-]+)'/g)].map((hit) => hit[1])
if (languages.length < 2) throw new Error('the languages could not be read from index.ts: has their form changed?')

/** A catalogue's two files: what the first sight needs, and the words of lazily loaded pages. */
export const parts = (lang) => [lang, `${lang}.pages`]

/** Flattens a nested catalogue to dotted keys. */
export function flatten(tree, prefix = '') {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`),
  )
}

/** One tree of two. */
function merge(one, other) {
  if (typeof one !== 'object' || typeof other !== 'object') return one ?? other
  return Object.fromEntries([...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => [key, merge(one[key], other[key])]))
}

/** Both files of a language as one tree. */
export const catalogue = (lang) => merge(file(lang), file(`${lang}.pages`))
