// Which sources can be on screen before the words of lazily loaded pages are there.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The file behind an import, or null when it is a library, a style or a catalogue. */
function found(root, from, name) {
  const base = name.startsWith('@/') ? join(root, name.slice(2)) : name.startsWith('.') ? join(dirname(from), name) : null
  if (!base) return null
  return [`${base}.ts`, `${base}.tsx`, join(base, 'index.ts'), join(base, 'index.tsx'), base].find((path) => /\.tsx?$/.test(path) && existsSync(path) && statSync(path).isFile()) ?? null
}

/** What a source loads at once, and what it loads later without waiting for the pages' words. */
function imports(source) {
  const kept = source
    .replace(/Promise\.all\(\[\s*import\([^)]*\),\s*pageWords\(\)\s*\]\)/g, '')
    .replace(/\bpage\(\(\) => import\([^)]*\)/g, '')
    .replace(/import type [^'"]*['"][^'"]*['"]/g, '')
  return [...kept.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)['"]([^'"]+)['"]/g)].map((hit) => hit[1])
}

/** Paths that `main.tsx` reaches without passing a place that waits. A file that awaits the words itself is left out. */
export function earlySources(root) {
  const seen = new Set()
  const queue = [join(root, 'main.tsx')]
  while (queue.length) {
    const path = queue.pop()
    if (seen.has(path)) continue
    seen.add(path)
    for (const name of imports(readFileSync(path, 'utf8'))) {
      const next = found(root, path, name)
      if (next) queue.push(next)
    }
  }
  return new Set([...seen].filter((path) => !/await pageWords\(\)/.test(readFileSync(path, 'utf8')) || path.includes('/i18n/')))
}
