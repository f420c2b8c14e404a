// Fails when a catalogue misses a key, holds one that no source uses or in the wrong one of its two files, or lacks a plural form of its language.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { file, flatten, languages, parts } from './catalogues.mjs'
import { earlySources } from './early.mjs'

const root = new URL('../src/', import.meta.url).pathname
const suffix = /_(zero|one|two|few|many|other)$/
const problems = []

/** Every TypeScript file below a folder, tests left out. */
function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}

/** Key, text and file of every entry of a language. */
function read(lang) {
  const texts = new Map()
  const home = new Map()
  for (const name of parts(lang)) {
    for (const [key, text] of flatten(file(name))) {
      if (texts.has(key)) problems.push(`${name}.json: "${key}" stands in ${home.get(key)}.json as well`)
      texts.set(key, text)
      home.set(key, name)
    }
  }
  return { texts, home }
}

const entries = Object.fromEntries(languages.map((lang) => [lang, read(lang)]))
const catalogues = Object.fromEntries(languages.map((lang) => [lang, entries[lang].texts]))

/** Keys without their plural suffix; a key is plural when it has an _other form. */
function families(catalogue) {
  const result = new Map()
  for (const key of catalogue.keys()) {
    const base = key.replace(suffix, '')
    const plural = suffix.test(key) && catalogue.has(`${base}_other`)
    const name = plural ? base : key
    const forms = result.get(name) ?? []
    if (plural) forms.push(key.match(suffix)[1])
    result.set(name, forms)
  }
  return result
}

const reference = families(catalogues.en)
/** The file of a language that must hold a key: the same half as in English. */
const half = (lang, key) => (entries.en.home.get(key) ?? entries.en.home.get(`${key}_other`) ?? 'en').replace(/^en/, lang)
const names = (value) => [...value.matchAll(/{{\s*(\w+)/g)].map((hit) => hit[1]).sort().join()

for (const lang of languages) {
  const own = families(catalogues[lang])
  const wanted = new Intl.PluralRules(lang).resolvedOptions().pluralCategories
  for (const [key, forms] of reference) {
    if (!own.has(key)) problems.push(`${half(lang, key)}.json: missing "${key}"`)
    else if (forms.length) {
      // "None" may have words of its own in any language, and then has them in all.
      const all = forms.includes('zero') ? [...new Set(['zero', ...wanted])] : wanted
      for (const form of all) if (!own.get(key).includes(form)) problems.push(`${half(lang, key)}.json: "${key}" lacks its plural form _${form}`)
      for (const form of own.get(key)) if (!all.includes(form)) problems.push(`${half(lang, key)}.json: the language has no plural form "${key}_${form}"`)
    }
  }
  for (const key of own.keys()) if (!reference.has(key)) problems.push(`${lang}: "${key}" is not in English`)
  for (const [key, text] of catalogues[lang]) {
    const home = entries[lang].home.get(key)
    if (!text.trim()) problems.push(`${home}.json: "${key}" is empty`)
    const base = key.replace(suffix, '')
    const plural = suffix.test(key) && catalogues.en.has(`${base}_other`)
    const name = plural ? base : key
    if (reference.has(name) && home !== half(lang, name)) problems.push(`${home}.json: "${key}" belongs into ${half(lang, name)}.json`)
    // A plural form may leave the number out ("one message"); no form may have a value that English does not give.
    const original = catalogues.en.get(plural ? `${base}_other` : key)
    if (original === undefined) continue
    const given = new Set(names(original).split(','))
    if (plural ? names(text).split(',').some((value) => value && !given.has(value)) : names(text) !== names(original)) problems.push(`${home}.json: "${key}" has other variables than English`)
  }
}

// A key is used when its text stands in a source, or begins with the fixed part of a template literal.
const sources = walk(root).filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.')).map((path) => [relative(root, path), readFileSync(path, 'utf8')])
const literals = new Map()
const prefixes = new Map()
const note = (map, key, path) => map.set(key, (map.get(key) ?? []).concat(path))
for (const [path, text] of sources) {
  for (const hit of text.matchAll(/['"`]([\w-]+(?:\.[\w-]+)+)['"`]/g)) note(literals, hit[1], path)
  for (const hit of text.matchAll(/`([\w-]+(?:\.[\w-]+)*\.)\$\{/g)) note(prefixes, hit[1], path)
}

const early = earlySources(root)
/** Keys that code of the first load can name, and shows only on pages that wait. */
const shownLate = (key, path) => path === 'i18n/machine.ts' && (key.startsWith('timeline.') || key === 'channel.unlimited')

for (const key of reference.keys()) {
  const users = [...(literals.get(key) ?? []), ...[...prefixes].filter(([prefix]) => key.startsWith(prefix)).flatMap(([, paths]) => paths)]
  if (!users.length) problems.push(`en.json: "${key}" is used nowhere`)
  const hurried = users.find((path) => early.has(join(root, path)) && !shownLate(key, path))
  if (hurried && half('en', key) === 'en.pages') problems.push(`en.pages.json: "${key}" is needed before the pages' words are there, by ${hurried}: move it to en.json`)
}

for (const problem of problems) console.error(problem)
if (problems.length) process.exit(1)
console.log(`catalogues: ${reference.size} texts complete in ${languages.join(', ')}`)
