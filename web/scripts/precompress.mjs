// Writes .gz and .br beside every text asset of dist/, so that the server sends compressed bytes without work.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url).pathname
const compressible = /\.(js|css|html|svg|json|txt|webmanifest)$/

/** Every file below a folder. */
function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}

const sizes = new Map()
for (const path of walk(dist).filter((name) => compressible.test(name))) {
  const raw = readFileSync(path)
  const gz = gzipSync(raw, { level: 9 })
  sizes.set(relative(dist, path), gz.length)
  if (raw.length < 512) continue
  writeFileSync(`${path}.gz`, gz)
  writeFileSync(`${path}.br`, brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } }))
}

// The first load is what index.html names: entry, its preloads, its styles.
const html = readFileSync(join(dist, 'index.html'), 'utf8')
let first = sizes.get('index.html') ?? 0
for (const [name, size] of sizes) if (html.includes(`/${name}"`)) first += size
console.log(`first load ${(first / 1000).toFixed(1)} kB gzip (scripts, styles, page; fonts not counted)`)
if (first > 300_000) {
  console.error('first load exceeds the budget of 300 kB gzip')
  process.exit(1)
}
