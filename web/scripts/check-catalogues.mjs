// Fails when a catalogue misses a key, holds one that no source uses, or lacks a plural form of its language.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('../src/', import.meta.url).pathname
const languages = ['en', 'ar']
const suffix = /_(zero|one|two|few|many|other)$/
const problems = []

/** Flattens a nested catalogue to dotted keys. */
function flatten(tree, prefix = '') {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`),
  )
}

/** Every TypeScript file below a folder, tests left out. */
function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}

const catalogues = Object.fromEntries(
  languages.map((lang) => [lang, new Map(flatten(JSON.parse(readFileSync(join(root, 'i18n', `${lang}.json`), 'utf8'))))]),
)

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
for (const lang of languages) {
  const own = families(catalogues[lang])
  for (const [key, forms] of reference) {
    if (!own.has(key)) problems.push(`${lang}.json: missing "${key}"`)
    else if (forms.length) {
      const wanted = new Intl.PluralRules(lang).resolvedOptions().pluralCategories
      for (const form of wanted) if (!own.get(key).includes(form)) problems.push(`${lang}.json: "${key}" lacks its plural form _${form}`)
    }
  }
  for (const key of own.keys()) if (!reference.has(key)) problems.push(`${lang}.json: "${key}" is not in en.json`)
  for (const [key, text] of catalogues[lang]) {
    if (!text.trim()) problems.push(`${lang}.json: "${key}" is empty`)
    const source = catalogues.en.get(key)
    if (source === undefined) continue
    const names = (value) => [...value.matchAll(/{{\s*(\w+)/g)].map((hit) => hit[1]).sort().join()
    const plural = suffix.test(key)
    if (!plural && names(text) !== names(source)) problems.push(`${lang}.json: "${key}" has other variables than en.json`)
  }
}

// A key is used when its text stands in the source, or begins with the fixed part of a template literal.
const source = walk(root).filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.')).map((path) => readFileSync(path, 'utf8')).join('\n')
const literals = new Set([...source.matchAll(/['"`]([\w-]+(?:\.[\w-]+)+)['"`]/g)].map((hit) => hit[1]))
const prefixes = [...source.matchAll(/`([\w-]+(?:\.[\w-]+)*\.)\$\{/g)].map((hit) => hit[1])
for (const key of reference.keys()) {
  if (!literals.has(key) && !prefixes.some((prefix) => key.startsWith(prefix))) problems.push(`en.json: "${key}" is used nowhere`)
}

for (const problem of problems) console.error(problem)
if (problems.length) process.exit(1)
console.log(`catalogues: ${reference.size} texts complete in ${languages.join(', ')}`)
