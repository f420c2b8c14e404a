// Fails when a text that comes from the machine has no words in a catalogue: the guard's notes, the provider's errors, the doctor's findings.
// The lists are read where the program keeps them, so a new rule or error cannot be forgotten here.
import { readFileSync, writeFileSync } from 'node:fs'
import { catalogue, file, languages } from './catalogues.mjs'

const crates = new URL('../../crates/', import.meta.url).pathname
const i18n = new URL('../src/i18n/', import.meta.url).pathname
const rust = (path) => readFileSync(crates + path, 'utf8')
const problems = []

/** The part of a source between a macro call and the closing brace at the start of a line. */
function table(source, opening) {
  const from = source.indexOf(`\n${opening}`)
  const to = source.indexOf('\n}', from)
  if (from < 0 || to < 0) throw new Error(`no table "${opening}": has the source moved?`)
  return source.slice(from, to)
}

const rules = [...table(rust('core/src/guard/verdict.rs'), 'rules! {').matchAll(/^\s+\w+ "(\w+)" \[([^\]]+)\]/gm)].map((hit) => ({
  code: hit[1],
  words: [...hit[2].matchAll(/"(\w+)"/g)].map((word) => word[1]),
}))
const codes = [...rust('connectors/src/whatsapp/error_table.rs').matchAll(/^\s+([\d_]+) ([\d_]+) (\w+) \w+\s*$/gm)].map((hit) => [Number(hit[1].replaceAll('_', '')), Number(hit[2].replaceAll('_', '')), hit[3]])
const errors = new Set(codes.map((row) => row[2]).concat('unknown'))
const text = '"((?:[^"\\\\]|\\\\.)*)"'
const findings = [...table(rust('app/src/doctor/words.rs'), 'words! {').matchAll(new RegExp(`^\\s+\\w+: "([\\w.]+)" "(\\w+)" \\w+ ${text},\\s*${text},\\s*${text};`, 'gm'))].map((hit) => ({ name: `${hit[1]}/${hit[2]}`, texts: hit.slice(3, 6) }))
const templateCodes = [...table(rust('core/src/template/draft/problem.rs'), 'codes! {').matchAll(/^\s+\w+ "(\w+)" "/gm)].map((hit) => hit[1])
if (templateCodes.length < 40) throw new Error('the rules of templates could not be read: has their form changed?')
if (rules.length < 20 || errors.size < 40 || findings.length < 40) throw new Error('a table could not be read: has its form changed?')

// News of the account: each kind has a title, each advice a sentence.
const news = rust('core/src/account.rs')
const judged = [...news.matchAll(/\("(\w+)", (?:Info|Warning|Severe|if [^,]+), "(\w*)"\)|entry\(\s*"(\w+)", \w+, "(\w*)"/g)].map(([, kind, advice, own, ownAdvice]) => [kind ?? own, advice ?? ownAdvice])
const advised = [...rust('app/src/channel/timeline.rs').matchAll(/^ {4}\("(\w+)", "/gm)].map((hit) => hit[1])
if (judged.length < 30 || advised.length < 15) throw new Error('the timeline could not be read: has its form changed?')
for (const lang of languages) {
  const { timeline } = catalogue(lang)
  for (const [kind, advice] of judged) {
    if (!timeline.kind[kind]) problems.push(`${lang}.json: missing "timeline.kind.${kind}"`)
    if (advice && (!timeline.advice[advice] || !advised.includes(advice))) problems.push(`${lang}.json or timeline.rs: missing advice "${advice}"`)
  }
  for (const advice of Object.keys(timeline.advice)) if (!advised.includes(advice)) problems.push(`${lang}.json: nobody advises "${advice}"`)
}

for (const lang of languages) {
  const { guard, guard_rule, provider } = catalogue(lang)
  for (const { code, words } of rules) {
    if (!guard_rule[code]) problems.push(`${lang}.json: the guard's rule "${code}" has no name (guard_rule)`)
    for (const word of words) if (!guard[code]?.[word]) problems.push(`${lang}.json: missing "guard.${code}.${word}"`)
    for (const word of Object.keys(guard[code] ?? {})) if (!words.includes(word)) problems.push(`${lang}.json: the guard never says "guard.${code}.${word}"`)
  }
  for (const code of Object.keys(guard_rule)) if (!rules.some((rule) => rule.code === code)) problems.push(`${lang}.json: there is no rule "${code}"`)
  for (const key of errors) if (!provider[key]?.title || !provider[key]?.advice) problems.push(`${lang}.json: missing title or advice of "provider.${key}"`)
  for (const key of Object.keys(provider)) if (!errors.has(key)) problems.push(`${lang}.json: no error has the key "provider.${key}"`)
}

// Every rule a template can break has its sentence; the languages a template can be in are the program's own.
for (const lang of languages) {
  const own = catalogue(lang).template_problem
  for (const code of templateCodes) if (!own[code]) problems.push(`${lang}.json: missing "template_problem.${code}"`)
  for (const code of Object.keys(own)) if (!templateCodes.includes(code)) problems.push(`${lang}.json: no template breaks the rule "${code}"`)
}
const listed = (source) => [...source.matchAll(/\b[a-z]{2,3}(?:_[A-Z]{2})?\b/g)].map((hit) => hit[0]).join(' ')
const ours = listed(rust('core/src/template/draft/language.rs').split('LANGUAGES')[1].replaceAll('str', ''))
const shown = listed(readFileSync(new URL('../src/features/template/languages.ts', import.meta.url), 'utf8').split('= (')[1].replaceAll('split', ''))
if (ours !== shown) problems.push('features/template/languages.ts is not the list of core/src/template/draft/language.rs')

// The program's own words are English; every other language translates them, with the same values.
const holes = (value) => [...value.matchAll(/{\w+}/g)].map((hit) => hit[0]).sort().join()
for (const lang of languages.filter((code) => code !== 'en')) {
  const own = file(`doctor.${lang}`)
  for (const { name, texts } of findings) {
    if (!own[name]) problems.push(`doctor.${lang}.json: missing "${name}"`)
    else texts.forEach((original, index) => {
      const translated = own[name][index] ?? ''
      if (Boolean(original) !== Boolean(translated)) problems.push(`doctor.${lang}.json: "${name}" says too little or too much`)
      else if (holes(original) !== holes(translated)) problems.push(`doctor.${lang}.json: "${name}" has other values than the program's words: ${holes(original) || 'none'}`)
    })
  }
  for (const name of Object.keys(own)) if (!findings.some((finding) => finding.name === name)) problems.push(`doctor.${lang}.json: the doctor never says "${name}"`)
}

// The page finds an error's words by the provider's code; the list is the program's own, written by `node scripts/check-machine.mjs --write`.
const list = `[\n${codes.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`
const place = `${i18n}provider-codes.json`
if (process.argv.includes('--write')) writeFileSync(place, list)
else if (readFileSync(place, 'utf8') !== list) problems.push('provider-codes.json is not the error table: run `node scripts/check-machine.mjs --write`')

for (const problem of problems) console.error(problem)
if (problems.length) process.exit(1)
console.log(`machine: ${rules.length} rules, ${errors.size} provider errors, ${findings.length} findings have their words`)
