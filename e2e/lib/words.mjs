// The product's own texts, so that a journey finds a button by what stands on it, in either language.
import { readFileSync } from 'node:fs'

const read = (lang) => JSON.parse(readFileSync(new URL(`../../web/src/i18n/${lang}.json`, import.meta.url), 'utf8'))
const catalogues = { en: read('en'), ar: read('ar') }

/** `words('ar')('thread.resolve')`, with values for `{{holes}}`; a missing text is an error. */
export function words(lang) {
  return (key, values = {}) => {
    const text = key.split('.').reduce((tree, part) => tree?.[part], catalogues[lang])
    if (typeof text !== 'string') throw new Error(`${lang}.json has no "${key}"`)
    return text.replace(/{{\s*(\w+)[^}]*}}/g, (hole, name) => values[name] ?? hole)
  }
}

/** A pattern for a text with holes: whatever stands in them. */
export function pattern(lang, key) {
  const escaped = words(lang)(key).replace(/[.*+?^$()|[\]\\]/g, '\\$&')
  return new RegExp(escaped.replace(/{{[^}]*}}/g, '.+'))
}
