// The product's own texts, so that a journey finds a button by what stands on it, in any language.
import { readFileSync } from 'node:fs'

const file = (name) => JSON.parse(readFileSync(new URL(`../../web/src/i18n/${name}.json`, import.meta.url), 'utf8'))

/** One tree of the two that hold a language's texts. */
function merged(one, other) {
  if (typeof one !== 'object' || typeof other !== 'object') return one ?? other
  return Object.fromEntries([...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => [key, merged(one[key], other[key])]))
}

const read = (lang) => merged(file(lang), file(`${lang}.pages`))

/** Every language of the product, as `web/src/i18n/index.ts` lists them. */
export const allLanguages = [...readFileSync(new URL('../../web/src/i18n/index.ts', import.meta.url), 'utf8').matchAll(/code: '([\w-]+)'/g)].map((hit) => hit[1])
const catalogues = Object.fromEntries(allLanguages.map((lang) => [lang, read(lang)]))

/** Every key there is, plural forms included: what nobody should ever see on a page. */
export function allKeys() {
  const flat = (tree, prefix) => Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [prefix + key] : flat(value, `${prefix}${key}.`)))
  return flat(catalogues.en, '').flatMap((key) => [key, key.replace(/_(one|other)$/, '')])
}

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
