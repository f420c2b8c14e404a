// A file that nobody can read in one sitting hides more than one idea: 500 lines at most.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = new URL('../', import.meta.url).pathname

/** Every hand-written source file below a folder. */
function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}

let failed = false
for (const folder of ['src', 'dev', 'scripts']) {
  for (const path of walk(join(root, folder))) {
    if (!/\.(tsx?|css|mjs)$/.test(path) || path.endsWith('schema.d.ts')) continue
    const lines = readFileSync(path, 'utf8').split('\n').length
    if (lines > 500) {
      failed = true
      console.error(`${relative(root, path)}: ${lines} lines (500 at most)`)
    }
  }
}
if (failed) process.exit(1)
console.log('size: every file within 500 lines')
