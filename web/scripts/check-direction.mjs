// Refuses physical-direction classes and properties: every screen must mirror in right-to-left.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = new URL('../src/', import.meta.url).pathname
const physicalClass = /(?<![\w-])-?(?:pl|pr|ml|mr|left|right|border-l|border-r|rounded-l|rounded-r|rounded-tl|rounded-tr|rounded-bl|rounded-br|scroll-ml|scroll-mr|scroll-pl|scroll-pr)-(?!to-)[\w[\]./-]+|(?<![\w-])(?:text-left|text-right|float-left|float-right|border-l|border-r|clear-left|clear-right)(?=[\s'"`])/g
const physicalProperty = /(?<![\w-])(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:\s*[\d-]/g

/** Every source file below a folder. */
function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}

let found = 0
for (const path of walk(root)) {
  const pattern = path.endsWith('.css') ? physicalProperty : /\.tsx?$/.test(path) ? physicalClass : null
  if (!pattern) continue
  readFileSync(path, 'utf8').split('\n').forEach((line, index) => {
    for (const hit of line.matchAll(pattern)) {
      found += 1
      console.error(`src/${relative(root, path)}:${index + 1}: physical direction "${hit[0]}" (use ps- pe- ms- me- start- end-)`)
    }
  })
}
if (found) process.exit(1)
console.log('direction: only logical properties')
